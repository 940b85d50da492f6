import { readStream } from "@nacre/bitstream";
import type { AddProduct } from "@nacre/entropy";
import { NacreError } from "@nacre/errors";
import type { Picture } from "@nacre/signal";
import type { LayerCodes } from "../layer-codes.js";
import { pictureTile } from "./decode-picture.js";
import { analyzedTiles } from "./encode-picture.js";
import type { PictureEngine } from "./picture-engine.js";
import { checkPictureHeader } from "./picture-header.js";
import { type PictureModel, sideReach } from "./picture-model.js";
import type { ReadablePicture } from "./readable-picture.js";
import { type LatentTile, latentTile, synthesizeTiles } from "./synthesize-tiles.js";
import { copyShared, type Rectangle, scaled, type TileGrid, tileAt, tileGridOf } from "./tile-grid.js";
import { decodeTile, type TileCodes } from "./tile-symbols.js";

/** Codes of a whole picture, side codes first, from the encoder; see PictureCodec.codes. */
export async function pictureCodes(
  model: PictureModel,
  engine: PictureEngine,
  picture: ReadablePicture,
): Promise<LayerCodes[]> {
  const grid = tileGridOf(model, picture);
  const layers = emptyLayers(model, grid, model.quantizer.layers);
  for await (const { at, codes } of analyzedTiles(model, engine, picture))
    place(model, grid, at, codes, layers);
  return layers;
}

/** The latent of a whole picture, [rows * columns, C]; see PictureCodec.latent. */
export async function pictureLatent(
  model: PictureModel,
  engine: PictureEngine,
  picture: ReadablePicture,
): Promise<Float32Array> {
  const grid = tileGridOf(model, picture);
  const width = model.quantizer.dimension;
  const whole = new Float32Array(grid.rows * grid.columns * width);
  for await (const { at, latent } of analyzedTiles(model, engine, picture)) {
    copyShared({ at, data: latent, width }, { at: wholeOf(grid), data: whole, width });
  }
  return whole;
}

/**
 * The codes in a file, side codes first; no network is run and alpha is passed over. Tiles that are stored by another
 * coding have none: those of zeros stand in their place.
 *
 * product  the context's kernel; all give the same codes
 * throws   NacreError "bitstream" or "version" for a file that cannot be read, "model" for one that another model made
 */
export function pictureFileCodes(
  model: PictureModel,
  file: Uint8Array,
  { product }: { product?: AddProduct } = {},
): LayerCodes[] {
  const { header: read, chunks } = readStream(file);
  const header = checkPictureHeader(model, read);
  const grid = tileGridOf(model, header);
  const first = header.alpha ? 1 : 0;
  const layers = emptyLayers(model, grid, header.layers.length - first - 1);
  if (chunks.length !== grid.down * grid.across) {
    throw new NacreError("bitstream", {
      found: `${chunks.length} tiles`,
      expected: `${grid.down * grid.across}, by the picture's size`,
    });
  }
  for (const [number, { sections, stored }] of chunks.entries()) {
    const at = tileAt(grid, number);
    if (stored !== undefined) {
      place(model, grid, at, noCodes(model, at, layers.length - 1), layers);
      continue;
    }
    const coded = sections.slice(first).map(([section]) => section!);
    place(model, grid, at, decodeTile(model, at, coded, product ? { product } : {}), layers);
  }
  return layers;
}

/** Codes of a whole picture to its pixels; see PictureCodec.synthesize. */
export async function synthesizePicture(
  model: PictureModel,
  engine: PictureEngine,
  layers: readonly LayerCodes[],
  size?: { width: number; height: number },
): Promise<Picture> {
  const [rows, columns] = gridOfCodes(model, layers);
  const { width, height } = size ?? { width: columns * model.patch, height: rows * model.patch };
  const grid = tileGridOf(model, { width, height });
  if (grid.rows !== rows || grid.columns !== columns) {
    throw new NacreError("shape", {
      found: `codes of ${columns} x ${rows} positions for a picture of ${width} x ${height} pixels`,
      expected: `${grid.columns} x ${grid.rows} positions`,
    });
  }
  const form = { width, height, bitDepth: 8, colour: "rgb" } as const;
  const planes = [0, 1, 2].map(() => new Uint8Array(width * height));
  const whole = { row: 0, column: 0, rows: height, columns: width };
  for await (const tile of synthesizeTiles(model, engine, grid, tilesOf(model, grid, layers))) {
    const made = pictureTile(model, form, tile);
    const { row, column } = scaled(tile.at, model.patch);
    const at = { row, column, rows: made.height, columns: made.width };
    for (const [colour, data] of made.planes.entries()) {
      copyShared({ at, data: data as Uint8Array, width: 1 }, { at: whole, data: planes[colour]!, width: 1 });
    }
  }
  return { ...form, planes };
}

/** The tiles of a whole picture's codes, before the decoder. */
export async function* tilesOf(
  model: PictureModel,
  grid: TileGrid,
  layers: readonly LayerCodes[],
): AsyncGenerator<LatentTile, void, undefined> {
  const whole = wholeOf(grid);
  const cutOf = ({ data, grid: shape }: LayerCodes, from: Rectangle, at: Rectangle) => {
    const width = shape[2]!;
    const out = new Int32Array(at.rows * at.columns * width);
    copyShared({ at: from, data, width }, { at, data: out, width });
    return out;
  };
  const [side, ...content] = layers;
  for (let number = 0; number < grid.down * grid.across; number++) {
    const at = tileAt(grid, number);
    yield latentTile(model, at, {
      side: cutOf(side!, scaled(whole, 1 / model.cell), scaled(at, 1 / model.cell)),
      layers: content.map((layer) => cutOf(layer, whole, at)),
    });
  }
}

/**
 * The codes of a whole picture out of its tiles' sections, side codes first, then `count` content layers; what a tile leaves
 * out has the codes of nothing.
 *
 * tiles  [tile][layer], beginning with the side codes
 */
export function codesOfTiles(
  model: PictureModel,
  size: { width: number; height: number },
  tiles: readonly Uint8Array[][],
  count: number,
): LayerCodes[] {
  const grid = tileGridOf(model, size);
  const layers = emptyLayers(model, grid, count);
  for (const [number, sections] of tiles.entries()) {
    const at = tileAt(grid, number);
    const none = noCodes(model, at, count);
    const { side, layers: own } = decodeTile(model, at, sections);
    place(model, grid, at, { side, layers: none.layers.map((empty, layer) => own[layer] ?? empty) }, layers);
  }
  return layers;
}

function emptyLayers(
  { quantizer, context, cell }: PictureModel,
  grid: TileGrid,
  count: number,
): LayerCodes[] {
  const layer = (role: LayerCodes["role"], shape: number[], stride: number, reach: number): LayerCodes => ({
    ...{ role, grid: shape, stride: [stride, stride, 1], alphabet: 2 * reach + 1 },
    data: new Int32Array(shape.reduce((a, b) => a * b)),
  });
  const shape = [grid.rows, grid.columns, quantizer.dimension];
  return [
    layer("side", [grid.rows / cell, grid.columns / cell, context.sideChannels], cell, sideReach),
    ...Array.from({ length: count }, () => layer("content", shape, 1, context.reach)),
  ];
}

function place(
  { cell }: PictureModel,
  grid: TileGrid,
  tile: Rectangle,
  { side, layers }: TileCodes,
  into: readonly LayerCodes[],
): void {
  for (const [index, { data, grid: shape, role }] of into.entries()) {
    const unit = role === "side" ? 1 / cell : 1;
    const width = shape[2]!;
    const own = role === "side" ? side : layers[index - 1]!;
    copyShared(
      { at: scaled(tile, unit), data: own, width },
      { at: scaled(wholeOf(grid), unit), data, width },
    );
  }
}

function noCodes({ quantizer, context, cell }: PictureModel, at: Rectangle, layers: number): TileCodes {
  const positions = at.rows * at.columns;
  return {
    side: new Int32Array((positions / cell ** 2) * context.sideChannels).fill(sideReach),
    layers: Array.from({ length: layers }, () =>
      new Int32Array(positions * quantizer.dimension).fill(context.reach),
    ),
  };
}

function wholeOf({ rows, columns }: TileGrid): Rectangle {
  return { row: 0, column: 0, rows, columns };
}

/** Rows and columns of positions, after looking at every code. */
function gridOfCodes(model: PictureModel, layers: readonly LayerCodes[]): [number, number] {
  const [rows = 0, columns = 0] = layers[1]?.grid ?? [];
  const expected = emptyLayers(model, { rows, columns, size: 0, down: 0, across: 0 }, layers.length - 1);
  const fits = layers.every(({ role, grid, data, alphabet }, index) => {
    const own = expected[index]!;
    const within = data.every((code) => code >= 0 && code < own.alphabet);
    return role === own.role && grid.join() === own.grid.join() && alphabet === own.alphabet && within;
  });
  const counted = layers.length >= 2 && layers.length <= model.quantizer.layers + 1;
  if (
    counted &&
    fits &&
    rows * columns > 0 &&
    layers.every(({ data }, i) => data.length === expected[i]!.data.length)
  )
    return [rows, columns];
  throw new NacreError("shape", {
    found: `${layers.length} layers of codes [${layers.map(({ grid }) => grid.join(" x ")).join("], [")}]`,
    expected: "side codes, then 1 to all content layers, as `codes` gives them",
  });
}
