import { finite, improvement, type Value } from "../quality.js";
import { seededRandom } from "../seeded-random.js";
import type { LayerCodes } from "../subject.js";
import type { Bench } from "./bench.js";
import type { ComputedMeasure, Fields } from "./measure.js";

/** What one flipped bit of a code of this layer costs, the mean over draws that are spread over the codes. */
export const sensitivity: ComputedMeasure = {
  ...{ name: "sensitivity", title: "Quality lost by one flipped bit", unit: "" },
  ...{ cost: "costly", needs: ["original", "variants"], page: "sensitivity" },
  fields: "metrics",
  async compute(bench) {
    const full = await bench.full();
    const layers = new Map<number, Fields>();
    for (const [k, index] of bench.content.entries())
      layers.set(index, await meanLoss(bench, k, index, full));
    return { layers };
  },
};

async function meanLoss(bench: Bench, k: number, index: number, full: Map<string, Value>): Promise<Fields> {
  const { subject, view, content, seed, draws, step } = bench;
  const random = seededRandom(seed + 1 + index);
  const losses: Map<string, Value>[] = [];
  for (let draw = 0; draw < draws; draw++) {
    step(k * draws + draw, content.length * draws);
    const replaced = { layer: k, ...flippedBit(subject.layers[index]!, draw / draws, 1 / draws, random) };
    losses.push(improvement(view.metrics, await view.qualityWith!({ replaced }), full));
  }
  return Object.fromEntries(
    view.metrics.map(({ name }) => [name, meanOf(losses.map((loss) => loss.get(name)!))]),
  );
}

function meanOf(values: readonly Value[]): Value {
  const without = values.find(({ value }) => value === null);
  if (without) return without;
  const numbers = values.map(({ value }) => value!);
  return finite(numbers.reduce((sum, value) => sum + value, 0) / numbers.length, "nothing was drawn");
}

/**
 * A code of a layer with one of its bits flipped. Bits that would leave the alphabet are drawn anew.
 *
 * from, part  where in all channels' codes it lies, as shares of 1
 */
export function flippedBit(
  layer: readonly LayerCodes[],
  from: number,
  part: number,
  random: () => number,
): { channel: number; at: number; code: number } {
  const { alphabet, data: first } = layer[0]!;
  const count = layer.length * first.length;
  const place = Math.min(count - 1, Math.floor(count * (from + part * random())));
  const [channel, at] = [Math.floor(place / first.length), place % first.length];
  const code = layer[channel]!.data[at]!;
  const bits = Math.max(1, Math.ceil(Math.log2(alphabet)));
  for (;;) {
    const flipped = code ^ (1 << Math.floor(bits * random()));
    if (flipped < alphabet || alphabet === 1) return { channel, at, code: Math.min(flipped, alphabet - 1) };
  }
}
