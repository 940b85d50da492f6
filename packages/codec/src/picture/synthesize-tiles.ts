import { inFlight } from "../in-flight.js";
import type { PictureEngine } from "./picture-engine.js";
import { type PictureModel, sideReach } from "./picture-model.js";
import {
  copyShared,
  type Placed,
  type Rectangle,
  scaled,
  shared,
  type TileGrid,
  tileAt,
  windowAt,
} from "./tile-grid.js";
import type { TileCodes } from "./tile-symbols.js";

/**
 * A tile before the decoder.
 *
 * latent    [positions, C], the sum of its layers
 * side      [cells, Z], around zero
 * depth     layers in the sum
 * isStored  it is there already, does not go through the decoder, and its neighbours see nothing of it
 */
export type LatentTile = {
  at: Rectangle;
  latent: Float32Array;
  side: Float32Array;
  depth: number;
  isStored?: boolean;
};

/**
 * A tile as the decoder gives it, in the middle of its window; `values` are [3, rows, columns] in pixels, and none
 * for a stored tile.
 */
export type SynthesizedTile = { number: number; at: Rectangle; window: Rectangle; values: Float32Array };

/** Codes of a tile to what the decoder takes. Without any layer it is the side codes' picture. */
export function latentTile(model: PictureModel, at: Rectangle, { side, layers }: TileCodes): LatentTile {
  const size = at.rows * at.columns * model.quantizer.dimension;
  return {
    at,
    latent: layers.length > 0 ? model.quantizer.dequantize(layers) : new Float32Array(size),
    side: Float32Array.from(side, (code) => code - sideReach),
    // No picture without layers was trained on.
    depth: Math.max(1, layers.length),
  };
}

/**
 * The tiles of a picture through the decoder, in order, each with a margin of those around it. Memory holds the
 * rows of tiles that a window lies over.
 *
 * tiles  all tiles of the grid, in order
 */
export function synthesizeTiles(
  model: PictureModel,
  engine: PictureEngine,
  grid: TileGrid,
  tiles: AsyncIterable<LatentTile>,
): AsyncGenerator<SynthesizedTile, void, undefined> {
  // The next window is decoded to codes and laid out while the network works.
  return inFlight(
    windows(model, grid, tiles),
    () => 2,
    async ({ number, at, window, ...feed }) => ({
      ...{ number, at, window },
      values: "latent" in feed ? await engine.synthesize({ ...feed, size: window }) : new Float32Array(0),
    }),
  );
}

async function* windows(model: PictureModel, grid: TileGrid, source: AsyncIterable<LatentTile>) {
  const { across, down, size } = grid;
  const tiles = source[Symbol.asyncIterator]();
  const held = new Map<number, LatentTile>();
  let next = 0;
  let kept = 0;
  try {
    for (let number = 0; number < down * across; number++) {
      const at = tileAt(grid, number);
      const window = windowAt(grid, at, model.config.tile.decoderMargin);
      const last = Math.ceil((window.row + window.rows) / size) * across;
      for (; next < last; next++) {
        const { done, value } = await tiles.next();
        if (done) return;
        held.set(next, value);
      }
      for (const first = Math.floor(window.row / size) * across; kept < first; kept++) held.delete(kept);
      const { depth, isStored } = held.get(number)!;
      if (isStored) yield { number, at, window };
      else yield { number, at, window, depth, ...laidOut(model, window, at, held.values()) };
    }
    // Whatever the source has to say at its end, it says it now.
    await tiles.next();
  } finally {
    await tiles.return?.();
  }
}

/**
 * Latent and side values of a window out of the tiles that it lies over. A stored tile has none: over it the edge of the
 * tile in the middle goes on, which a decoder takes better than zeros.
 */
function laidOut(
  { quantizer, context, cell }: PictureModel,
  window: Rectangle,
  middle: Rectangle,
  tiles: Iterable<LatentTile>,
) {
  const [cells, own] = [scaled(window, 1 / cell), scaled(middle, 1 / cell)];
  const [ofLatent, ofSide] = [{ width: quantizer.dimension }, { width: context.sideChannels }];
  const latent = new Float32Array(window.rows * window.columns * ofLatent.width);
  const side = new Float32Array(cells.rows * cells.columns * ofSide.width);
  const stored: Rectangle[] = [];
  for (const tile of tiles) {
    if (tile.isStored) stored.push(tile.at);
    copyShared({ at: tile.at, data: tile.latent, ...ofLatent }, { at: window, data: latent, ...ofLatent });
    const at = scaled(tile.at, 1 / cell);
    copyShared({ at, data: tile.side, ...ofSide }, { at: cells, data: side, ...ofSide });
  }
  for (const at of stored) {
    repeatEdge({ at: window, data: latent, ...ofLatent }, middle, at);
    repeatEdge({ at: cells, data: side, ...ofSide }, own, scaled(at, 1 / cell));
  }
  return { latent, side };
}

/** Gives the places of a part the values of the nearest place in the middle. */
function repeatEdge({ at, data, width }: Placed<Float32Array>, middle: Rectangle, part: Rectangle): void {
  const { row, column, rows, columns } = shared(at, part);
  const offset = (y: number, x: number) => ((y - at.row) * at.columns + x - at.column) * width;
  for (let y = row; y < row + rows; y++) {
    for (let x = column; x < column + columns; x++) {
      const nearRow = Math.max(middle.row, Math.min(middle.row + middle.rows - 1, y));
      const nearColumn = Math.max(middle.column, Math.min(middle.column + middle.columns - 1, x));
      const from = offset(nearRow, nearColumn);
      data.copyWithin(offset(y, x), from, from + width);
    }
  }
}
