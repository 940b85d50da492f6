import { finite, type Value } from "../quality.js";
import { codeStatistics } from "../statistics.js";
import type { InspectSubject } from "../subject.js";
import type { ComputedMeasure, Fields } from "./measure.js";

const single = "lengths of single codes were not given";

/** What a code costs by the tables of the codec, and how far that is above the entropy of the codes. */
export const codeLengths: ComputedMeasure = {
  ...{ name: "code-lengths", title: "Length of a code by the codec's tables", unit: "bit/code" },
  ...{ cost: "cheap", needs: [], page: "code-lengths" },
  fields: [
    { name: "mean", label: "mean", unit: "bit" },
    { name: "aboveEntropy", label: "above entropy", unit: "bit" },
    { name: "shortest", label: "shortest", unit: "bit" },
    { name: "longest", label: "longest", unit: "bit" },
  ],
  compute: ({ subject }) => ({
    layers: new Map(subject.layers.map((_, index) => [index, lengthsOf(subject, index)])),
  }),
};

function lengthsOf(subject: InspectSubject, index: number): Fields {
  const layer = subject.layers[index]!;
  const { count, entropyBits } = codeStatistics(
    layer.map(({ data }) => data),
    layer[0]!.alphabet,
  );
  if (!subject.codeLengths) return onlyMean(subject, index, count, entropyBits);
  const { codeLengths: lengths } = subject;
  let [sum, shortest, longest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const channel of layer.keys()) {
    for (const bits of lengths(index, channel)) {
      sum += bits;
      shortest = Math.min(shortest, bits);
      longest = Math.max(longest, bits);
    }
  }
  const value = (number: number) => finite(number, "the layer has no codes");
  return {
    mean: value(sum / count),
    aboveEntropy: value(sum / count - entropyBits),
    shortest: value(shortest),
    longest: value(longest),
  };
}

function onlyMean({ bitMap }: InspectSubject, index: number, count: number, entropy: number): Fields {
  const none: Value = { value: null, reason: single };
  if (!bitMap) return { mean: none, aboveEntropy: none, shortest: none, longest: none };
  const mean = bitMap(index).bits.reduce((sum, bits) => sum + bits, 0) / count;
  const value = (number: number) => finite(number, "the layer has no codes");
  return { mean: value(mean), aboveEntropy: value(mean - entropy), shortest: none, longest: none };
}
