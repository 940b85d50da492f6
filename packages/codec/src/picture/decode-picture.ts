import { type Chunk, type ParsedStream, type PictureHeader, parseStream } from "@nacre/bitstream";
import { isNacreError, NacreError } from "@nacre/errors";
import type { PicturePlane, PictureTile, TileCoder } from "@nacre/signal";
import { layerCount } from "../file-header.js";
import { decodePlane } from "./alpha.js";
import type { DecodedPicture, DecodePictureOptions } from "./picture-codec.js";
import type { PictureEngine } from "./picture-engine.js";
import { factsOf } from "./picture-facts.js";
import { checkPictureHeader, contentLayers } from "./picture-header.js";
import type { PictureModel } from "./picture-model.js";
import { tilePlanes } from "./pixels.js";
import { decodeStored } from "./stored-tile.js";
import { type LatentTile, latentTile, type SynthesizedTile, synthesizeTiles } from "./synthesize-tiles.js";
import { type Rectangle, scaled, type TileGrid, tileAt, tileGridOf, tilePart } from "./tile-grid.js";
import { decodeTile } from "./tile-symbols.js";

/** Bytes of a file to a picture, tile by tile; see PictureCodec.decode. */
export async function decodePicture(
  model: PictureModel,
  engine: PictureEngine,
  source: AsyncIterable<Uint8Array>,
  options: DecodePictureOptions,
  coder?: TileCoder,
): Promise<DecodedPicture> {
  const recover = options.recover === true;
  const stream = await parseStream(source, { recover });
  const header = checkPictureHeader(model, stream.header, options.maxPixels);
  const used = layerCount(options.layers, contentLayers(header));
  return {
    ...factsOf(header),
    hasAlpha: header.alpha,
    header,
    tiles: decodeTiles(model, engine, { ...stream, header, coder }, used, options),
    async end() {
      return { damage: (await stream.end()).damage };
    },
  };
}

type Source = ParsedStream<number | undefined> & { header: PictureHeader; coder: TileCoder | undefined };

/** What of a tile goes round the network: its alpha, and all colours of a stored one. */
type Beside = { alpha?: PicturePlane; planes?: PicturePlane[] };

async function* decodeTiles(
  model: PictureModel,
  engine: PictureEngine,
  stream: Source,
  used: number,
  options: DecodePictureOptions,
): AsyncGenerator<PictureTile, void, undefined> {
  const { header } = stream;
  const { onProgress } = options;
  const grid = tileGridOf(model, header);
  const beside = new Map<number, Beside>();
  const latents = latentTiles(model, stream, grid, used, options, beside);
  for await (const tile of synthesizeTiles(model, engine, grid, latents)) {
    const { number, at } = tile;
    const { alpha, planes } = beside.get(number)!;
    beside.delete(number);
    const { rows: height, columns: width } = tilePart(at, model.patch, header);
    yield planes
      ? { width, height, planes, ...(alpha && { alpha }) }
      : pictureTile(model, header, tile, alpha);
    onProgress?.(number + 1, grid.down * grid.across);
  }
}

/** What of a decoded window is the tile, cut to the picture. */
export function pictureTile(
  { patch }: PictureModel,
  header: Pick<PictureHeader, "width" | "height" | "bitDepth" | "colour">,
  { at, window, values }: SynthesizedTile,
  alpha?: PicturePlane,
): PictureTile {
  const [outer, tile] = [scaled(window, patch), tilePart(at, patch, header)];
  const part = { ...tile, row: tile.row - outer.row, column: tile.column - outer.column };
  const planes = tilePlanes(values, outer, part, header);
  return { width: tile.columns, height: tile.rows, planes, ...(alpha && { alpha }) };
}

/** Codes of each chunk, decoded; what goes round the network is left in `beside`. */
async function* latentTiles(
  model: PictureModel,
  stream: Source,
  grid: TileGrid,
  used: number,
  { recover = false, edit }: DecodePictureOptions,
  beside: Map<number, Beside>,
): AsyncGenerator<LatentTile, void, undefined> {
  const count = grid.down * grid.across;
  const tileOf = async (number: number, { sections: all, stored }: Chunk): Promise<LatentTile> => {
    const { header, coder } = stream;
    const at = tileAt(grid, number);
    const sections = all.map(([section]) => section!);
    const alpha = header.alpha ? alphaOf(model, header, at, sections.shift(), recover) : undefined;
    const { rows: height, columns: width } = tilePart(at, model.patch, header);
    const form = { ...header, width, height };
    const planes =
      stored === undefined ? undefined : await decodeStored(coder, stored, sections[0], form, recover);
    beside.set(number, { ...(alpha && { alpha }), ...(planes && { planes }) });
    const coded = stored === undefined ? sections.slice(0, used + 1) : [];
    const codes = decodeTile(model, at, coded, { recover });
    if (stored === undefined) edit?.(codes.layers, at);
    return { ...latentTile(model, at, codes), isStored: !!planes };
  };
  let number = 0;
  for await (const chunk of stream.chunks) {
    if (number < count) yield tileOf(number, chunk);
    number++;
  }
  const { length } = await stream.end();
  if (!recover && (number !== count || length !== count)) throw wrongCount(number, count);
  for (; number < count; number++) yield tileOf(number, { frames: 1, sections: [] });
}

/** A tile's alpha; in recovery one that is lost is opaque. */
function alphaOf(
  { patch }: PictureModel,
  header: PictureHeader,
  at: Rectangle,
  section: Uint8Array | undefined,
  recover: boolean,
): PicturePlane {
  const { rows: height, columns: width } = tilePart(at, patch, header);
  const { bitDepth } = header;
  try {
    if (section) return decodePlane(section, { width, height, bitDepth });
  } catch (error) {
    if (!recover || !isNacreError(error)) throw error;
  }
  const plane = bitDepth === 8 ? new Uint8Array(width * height) : new Uint16Array(width * height);
  return plane.fill(2 ** bitDepth - 1);
}

function wrongCount(found: number, expected: number): NacreError {
  return new NacreError("bitstream", {
    found: `${found} tiles`,
    expected: `${expected}, by the picture's size`,
    mend: "get the file again, or decode with recover",
  });
}
