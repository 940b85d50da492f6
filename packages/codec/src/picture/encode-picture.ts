import { createStreamWriter } from "@nacre/bitstream";
import type { PicturePlane, TiledPicture } from "@nacre/signal";
import { inFlight } from "../in-flight.js";
import { encodePlane } from "./alpha.js";
import type { EncodePictureOptions } from "./picture-codec.js";
import type { PictureEngine } from "./picture-engine.js";
import { pictureHeaderOf } from "./picture-header.js";
import type { PictureModel } from "./picture-model.js";
import { askedFor } from "./picture-quality.js";
import { encodeToTarget } from "./picture-target.js";
import { cropped, networkInput } from "./pixels.js";
import { codedTile } from "./rate-distortion.js";
import { asTiled, type ReadablePicture } from "./readable-picture.js";
import {
  copyShared,
  type Rectangle,
  scaled,
  type TileGrid,
  tileAt,
  tileGridOf,
  windowAt,
} from "./tile-grid.js";
import type { TileCodes } from "./tile-symbols.js";

/**
 * A tile as the encoder gives it: where it lies, its codes, its latent [positions, C] less its mean, its planes, its
 * alpha.
 */
export type AnalyzedTile = {
  at: Rectangle;
  codes: TileCodes;
  latent: Float32Array;
  planes: () => PicturePlane[];
  alpha?: PicturePlane;
};

/** A picture to the bytes of a file; see PictureCodec.encode. */
export async function* encodePicture(
  model: PictureModel,
  engine: PictureEngine,
  picture: ReadablePicture,
  options: EncodePictureOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { onProgress } = options;
  const choice = askedFor(options, model.quantizer.layers);
  const tiled = asTiled(picture);
  if ("unit" in choice) {
    yield* encodeToTarget(model, engine, tiled, choice, onProgress);
    return;
  }
  const header = pictureHeaderOf(model, tiled, choice.layers);
  const writer = createStreamWriter(header);
  yield writer.start();
  const { down, across } = tileGridOf(model, tiled);
  let done = 0;
  for await (const tile of analyzedTiles(model, engine, tiled)) {
    const { sections } = codedTile(model, tile, choice);
    const all = tile.alpha ? [encodedAlpha(model, tiled, tile.at, tile.alpha), ...sections] : sections;
    yield writer.chunk({ frames: 1, sections: all.map((section) => [section]) });
    onProgress?.(++done, down * across);
  }
  yield writer.finish(down * across);
}

/** The section of a tile's alpha. */
export function encodedAlpha(
  { patch }: Pick<PictureModel, "patch">,
  { width }: Pick<TiledPicture, "width">,
  at: Rectangle,
  alpha: PicturePlane,
): Uint8Array {
  return encodePlane(alpha, Math.min(width, (at.column + at.columns) * patch) - at.column * patch);
}

/**
 * The tiles of a picture, in order; memory holds a few.
 *
 * throws NacreError "shape" for planes that are not those of the picture
 */
export function analyzedTiles(
  model: PictureModel,
  engine: PictureEngine,
  picture: ReadablePicture,
): AsyncGenerator<AnalyzedTile, void, undefined> {
  const tiled = asTiled(picture);
  const grid = tileGridOf(model, tiled);
  // The next tile is read and laid out while the networks work.
  return inFlight(
    numbers(grid.down * grid.across),
    () => 2,
    (number) => analyzeTile(model, engine, tiled, grid, number),
  );
}

async function analyzeTile(
  model: PictureModel,
  engine: PictureEngine,
  picture: TiledPicture,
  grid: TileGrid,
  number: number,
): Promise<AnalyzedTile> {
  const at = tileAt(grid, number);
  const window = windowAt(grid, at, model.config.tile.encoderMargin);
  const pixels = scaled(window, model.patch);
  // The last cell may reach beyond the picture.
  const width = Math.min(pixels.columns, picture.width - pixels.column);
  const height = Math.min(pixels.rows, picture.height - pixels.row);
  const read = await picture.readTile(pixels.column, pixels.row, width, height);
  const found = await engine.analyze(networkInput(read, picture.bitDepth, pixels), window);
  const tile = scaled(at, model.patch);
  const rows = Math.min(tile.rows, picture.height - tile.row);
  const columns = Math.min(tile.columns, picture.width - tile.column);
  const inWindow = { row: tile.row - pixels.row, column: tile.column - pixels.column, rows, columns };
  return {
    at,
    codes: tileCodes(model, window, at, found),
    latent: cut(found.latent, window, at, model.quantizer.dimension, Float32Array),
    planes: () => read.planes.map((plane) => cropped(plane, width, inWindow)),
    ...(read.alpha && { alpha: cropped(read.alpha, width, inWindow) }),
  };
}

/** A tile's codes out of a window's. */
function tileCodes(
  { quantizer, context, cell }: PictureModel,
  window: Rectangle,
  tile: Rectangle,
  { codes, side }: { codes: Int32Array; side: Int32Array },
): TileCodes {
  const { layers, dimension } = quantizer;
  const all = cut(codes, window, tile, layers * dimension, Int32Array);
  const apart = Array.from({ length: layers }, () => new Int32Array(all.length / layers));
  for (let at = 0, to = 0; at < all.length; at += layers * dimension, to += dimension) {
    for (const [layer, own] of apart.entries()) {
      own.set(all.subarray(at + layer * dimension, at + (layer + 1) * dimension), to);
    }
  }
  const [sideWindow, sideTile] = [scaled(window, 1 / cell), scaled(tile, 1 / cell)];
  return { side: cut(side, sideWindow, sideTile, context.sideChannels, Int32Array), layers: apart };
}

function cut<Data extends Int32Array | Float32Array>(
  data: Data,
  from: Rectangle,
  at: Rectangle,
  width: number,
  type: new (length: number) => Data,
): Data {
  const out = new type(at.rows * at.columns * width);
  copyShared({ at: from, data, width }, { at, data: out, width });
  return out;
}

async function* numbers(count: number): AsyncGenerator<number, void, undefined> {
  for (let number = 0; number < count; number++) yield number;
}
