import { concat, input, onnxModel, reshape, square, sub, sum, type Tensor } from "@nacre/graph";
import type { Runtime, Values } from "@nacre/runtime";
import { codesPerFrame } from "./layer-symbols.js";
import type { NetworkModel } from "./model.js";
import { bakedParameters } from "./model-parts.js";

/** ONNX bytes that give `change` and `size`, [blocks]: the energy that each block adds, and of what it is given. */
export function blockEnergies(inputs: readonly Tensor[], states: readonly Tensor[]): Uint8Array {
  const energy = (tensor: Tensor) => reshape(sum(square(tensor)), [1]);
  const before = states.slice(0, -1);
  return onnxModel({
    name: "blocks",
    inputs,
    outputs: {
      change: concat(
        before.map((state, at) => energy(sub(states[at + 1]!, state))),
        0,
      ),
      size: concat(before.map(energy), 0),
    },
  });
}

/** Adds up what `blockEnergies` gives for parts of a signal; `changes` are |after - before| / |before|. */
export function blockTotals(blocks: number) {
  const [change, size] = [new Float64Array(blocks), new Float64Array(blocks)];
  return {
    add(found: Values) {
      for (let block = 0; block < blocks; block++) {
        change[block]! += Number(found.change!.data[block]);
        size[block]! += Number(found.size!.data[block]);
      }
    },
    changes: () => Array.from(change, (energy, block) => Math.sqrt(energy / size[block]!)),
  };
}

/**
 * How much each block of the decoder changes the state that it is given, over one channel's codes; see
 * Codec.blockChanges. Chunk after chunk, each with zeros around it.
 */
export async function soundBlockChanges(
  model: NetworkModel,
  runtime: Runtime,
  threads: number | undefined,
  layers: readonly Int32Array[],
): Promise<number[]> {
  const { quantizer, config, decoder } = model;
  const chain = decoder.network.blocks;
  const blocks = chain?.count(decoder.config) ?? 0;
  const totals = blockTotals(blocks);
  if (!chain || blocks === 0) return [];
  const latent = quantizer.dequantize(layers);
  const frames = layers[0]!.length / codesPerFrame(model);
  for (const [first, count, size] of chunksOf(frames, config.framesPerChunk)) {
    const source = input("latent", "float32", [1, size, quantizer.dimension]);
    const weights = bakedParameters(decoder.network.parameters(decoder.config), model.parameters);
    const graph = blockEnergies([source], chain.states(decoder.config, weights, source));
    const session = await runtime.open(graph, threads === undefined ? {} : { threads });
    try {
      for (let chunk = 0; chunk < count; chunk++) {
        const from = (first + chunk * size) * quantizer.dimension;
        const data = latent.slice(from, from + size * quantizer.dimension);
        totals.add(
          await session.run({ latent: { type: "float32", shape: [1, size, quantizer.dimension], data } }),
        );
      }
    } finally {
      await session.close();
    }
  }
  return totals.changes();
}

/** First frame, count and size: the whole chunks, then what is left of one. */
function chunksOf(frames: number, size: number): [number, number, number][] {
  const whole = Math.floor(frames / size);
  const parts: [number, number, number][] = [
    [0, whole, size],
    [whole * size, 1, frames % size],
  ];
  return parts.filter(([, count, length]) => count > 0 && length > 0);
}
