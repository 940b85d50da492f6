import { input } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import { blockEnergies, blockTotals } from "../block-changes.js";
import type { LayerCodes } from "../layer-codes.js";
import { bakedParameters } from "../model-parts.js";
import { tilesOf } from "./picture-layers.js";
import type { PictureModel } from "./picture-model.js";
import { tileGridOf } from "./tile-grid.js";

/**
 * How much each block of the decoder changes the state that it is given; see PictureCodec.blockChanges. Tile after
 * tile, each with zeros around it.
 */
export async function pictureBlockChanges(
  model: PictureModel,
  runtime: Runtime,
  threads: number | undefined,
  layers: readonly LayerCodes[],
): Promise<number[]> {
  const { decoder, patch } = model;
  const blocks = decoder.network.blocks?.count(decoder.config) ?? 0;
  if (blocks === 0) return [];
  const totals = blockTotals(blocks);
  const [rows, columns] = layers[1]!.grid as [number, number];
  const grid = tileGridOf(model, { width: columns * patch, height: rows * patch });
  for await (const { at, latent, side, depth } of tilesOf(model, grid, layers)) {
    const feeds = feedsOf(model, at, { latent, side, depth });
    const session = await runtime.open(stateGraph(model, feeds), threads === undefined ? {} : { threads });
    try {
      totals.add(await session.run(feeds));
    } finally {
      await session.close();
    }
  }
  return totals.changes();
}

type Feeds = Record<"latent" | "side" | "depth", { type: "float32"; shape: number[]; data: Float32Array }>;

function feedsOf(
  { decoder, cell, context, quantizer }: PictureModel,
  { rows, columns }: { rows: number; columns: number },
  { latent, side, depth }: { latent: Float32Array; side: Float32Array; depth: number },
): Feeds {
  const depths = decoder.network.describe(decoder.config).layers + 1;
  const type = "float32";
  const oneHot = Float32Array.from({ length: depths }, (_, at) => (at === depth ? 1 : 0));
  return {
    latent: { type, shape: [1, rows, columns, quantizer.dimension], data: latent },
    side: { type, shape: [1, rows / cell, columns / cell, context.sideChannels], data: side },
    depth: { type, shape: [1, depths], data: oneHot },
  };
}

function stateGraph({ decoder, parameters }: PictureModel, feeds: Feeds): Uint8Array {
  const { network, config } = decoder;
  const latent = input("latent", "float32", feeds.latent.shape);
  const side = input("side", "float32", feeds.side.shape);
  const depth = input("depth", "float32", feeds.depth.shape);
  const weights = bakedParameters(network.parameters(config), parameters);
  return blockEnergies(
    [latent, side, depth],
    network.blocks!.states(config, weights, { latent, side, depth }),
  );
}
