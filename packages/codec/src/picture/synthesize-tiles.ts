import { inFlight } from "../in-flight.js";
import type { PictureEngine } from "./picture-engine.js";
import { type PictureModel, sideReach } from "./picture-model.js";
import { copyShared, type Rectangle, scaled, type TileGrid, tileAt, windowAt } from "./tile-grid.js";
import type { TileCodes } from "./tile-symbols.js";

/**
 * A tile before the decoder.
 *
 * latent    [positions, C], the sum of its layers
 * side      [cells, Z], around zero
 * depth     layers in the sum
 * isStored  it is there already and does not go through the decoder; its neighbours see its latent all the same
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
      else yield { number, at, window, depth, ...laidOut(model, window, held.values()) };
    }
    // Whatever the source has to say at its end, it says it now.
    await tiles.next();
  } finally {
    await tiles.return?.();
  }
}

/** Latent and side values of a window out of the tiles that it lies over. */
function laidOut({ quantizer, context, cell }: PictureModel, window: Rectangle, tiles: Iterable<LatentTile>) {
  const cells = scaled(window, 1 / cell);
  const latent = new Float32Array(window.rows * window.columns * quantizer.dimension);
  const side = new Float32Array(cells.rows * cells.columns * context.sideChannels);
  for (const tile of tiles) {
    const ofLatent = { width: quantizer.dimension };
    copyShared({ at: tile.at, data: tile.latent, ...ofLatent }, { at: window, data: latent, ...ofLatent });
    const ofSide = { width: context.sideChannels };
    const at = scaled(tile.at, 1 / cell);
    copyShared({ at, data: tile.side, ...ofSide }, { at: cells, data: side, ...ofSide });
  }
  return { latent, side };
}
