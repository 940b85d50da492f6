import type { Chunk, PictureHeader } from "@nacre/bitstream";
import type { Picture, PicturePlane, TileCoder } from "@nacre/signal";
import { pictureTile } from "./decode-picture.js";
import type { PictureEngine } from "./picture-engine.js";
import type { PictureModel } from "./picture-model.js";
import { inForm, storedChunk } from "./stored-tile.js";
import { latentTile, synthesizeTiles } from "./synthesize-tiles.js";
import { type Rectangle, tileGridOf, tilePart } from "./tile-grid.js";
import type { TileCodes } from "./tile-symbols.js";

export type { TileCoder };

/** A tile in layers: its codes, its samples as they were given, and what is written of it. */
export type CodedTile = { at: Rectangle; codes: TileCodes; planes: () => PicturePlane[]; chunk: Chunk };

/**
 * A coding with loss has to have this part of the network's squared error, or less: 2 dB, as where a network fails. A
 * stored tile has no layers any more, so a little better is not worth it.
 */
const betterBy = 0.63;

/**
 * Decodes every tile, as a reader will, and gives those that another coding codes better in its stead: without loss
 * where that takes no more bytes, or with clearly less squared error in no more bytes. A file only gets smaller.
 *
 * The coder is told the error to beat, so that for most photographs one or two fast tries end the matter.
 *
 * Neighbours are decoded as if all of them were in layers; beside a stored tile a reader sees a little less.
 */
export async function* guardTiles(
  model: PictureModel,
  engine: PictureEngine,
  header: PictureHeader,
  tiles: AsyncIterable<CodedTile>,
  coder: TileCoder,
): AsyncGenerator<{ chunk: Chunk }, void, undefined> {
  const grid = tileGridOf(model, header);
  const held = new Map<number, CodedTile>();
  let next = 0;
  async function* latents() {
    for await (const tile of tiles) {
      held.set(next++, tile);
      yield latentTile(model, tile.at, tile.codes);
    }
  }
  for await (const seen of synthesizeTiles(model, engine, grid, latents())) {
    const tile = held.get(seen.number)!;
    held.delete(seen.number);
    const { planes } = pictureTile(model, header, seen);
    const { rows: height, columns: width } = tilePart(tile.at, model.patch, header);
    const { colour, bitDepth } = header;
    const given = { width, height, colour, bitDepth, planes: tile.planes() };
    yield { chunk: await better(given, planes, tile.chunk, header.alpha, coder) };
  }
}

/** The chunk of the better coding of a tile: the one it has, or another. */
async function better(
  given: Picture,
  seen: readonly PicturePlane[],
  chunk: Chunk,
  hasAlpha: boolean,
  coder: TileCoder,
): Promise<Chunk> {
  const sections = chunk.sections.map(([section]) => section!);
  const alpha = hasAlpha ? sections.shift() : undefined;
  const bytes = sections.reduce((sum, { length }) => sum + length, 0);
  const error = meanError(given.planes, seen);
  // Worse than one colour all over: then anything that is better by a little will do.
  const isLost = error > flatError(given.planes);
  const mostError = (isLost ? 1 : betterBy) * error;
  const made = await coder.encode(given, bytes, mostError);
  const lossless = made.find((each) => each.kind === "lossless" && each.bytes.length <= bytes);
  if (lossless) return storedChunk("lossless", lossless.bytes, alpha);
  let lossy = made.find(({ kind }) => kind === "lossy");
  if (!lossy && isLost)
    lossy = (await coder.encode(oneColour(given), bytes)).find(({ kind }) => kind === "lossy");
  if (!lossy || lossy.bytes.length > bytes) return chunk;
  const decoded = inForm(await coder.decode("lossy", lossy.bytes, given.width, given.height), given);
  return meanError(given.planes, decoded) < mostError ? storedChunk("lossy", lossy.bytes, alpha) : chunk;
}

function meanError(given: readonly PicturePlane[], seen: readonly PicturePlane[]): number {
  let [sum, count] = [0, 0];
  for (const [at, plane] of given.entries()) {
    const other = seen[at]!;
    for (let n = 0; n < plane.length; n++) sum += (plane[n]! - other[n]!) ** 2;
    count += plane.length;
  }
  return sum / count;
}

/** The error of a tile that is of its mean colour all over. */
function flatError(planes: readonly PicturePlane[]): number {
  return planes.reduce((sum, plane) => sum + meanError([plane], [flatPlane(plane)]), 0) / planes.length;
}

function oneColour(tile: Picture): Picture {
  return { ...tile, planes: tile.planes.map(flatPlane) };
}

function flatPlane(plane: PicturePlane): PicturePlane {
  let sum = 0;
  for (const value of plane) sum += value;
  return plane.slice().fill(Math.round(sum / plane.length));
}
