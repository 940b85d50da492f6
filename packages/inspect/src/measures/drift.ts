import { NacreError } from "@nacre/errors";
import { finite } from "../quality.js";
import { histogram } from "../statistics.js";
import type { LayerCodes } from "../subject.js";
import type { ComputedMeasure, Fields } from "./measure.js";

/**
 * How differently two sets of codes use one alphabet.
 *
 * bits      Jensen-Shannon divergence, 0 (alike) .. 1 (no code in common); NaN where one has no codes
 * expected  about what two draws of so many codes out of one distribution give
 */
export type Drift = { bits: number; expected: number };

/** Drift of the use of codes from another file or signal, where one was given. */
export const driftOfUse: ComputedMeasure = {
  ...{ name: "drift", title: "Drift of use from the other data", unit: "bit" },
  ...{ cost: "cheap", needs: [], page: "drift" },
  fields: [
    { name: "bits", label: "divergence", unit: "bit" },
    { name: "expected", label: "expected of chance", unit: "bit" },
  ],
  compute({ subject: { layers, against } }) {
    if (!against) return {};
    const value = (number: number) => finite(number, "one of the two has no codes");
    const found = drift(layers, against).map(({ bits, expected }): Fields => {
      return { bits: value(bits), expected: value(expected) };
    });
    return { layers: new Map(found.entries()) };
  },
};

/**
 * Jensen-Shannon divergence between the code histograms of two data sets, layer by layer: H((p + q) / 2) - (H(p) +
 * H(q)) / 2 in bits (Lin 1991, doi 10.1109/18.61115, equation 4.1). Layers that only one of them has are left out.
 *
 * a, b    [layer][channel]; channels are counted together
 * throws  NacreError "shape" when a layer has another role or alphabet in one than in the other
 */
export function drift(a: readonly (readonly LayerCodes[])[], b: readonly (readonly LayerCodes[])[]): Drift[] {
  return a.slice(0, b.length).map((layer, index) => {
    const other = b[index]!;
    const [own, its] = [layer[0], other[0]];
    if (own?.alphabet !== its?.alphabet || own?.role !== its?.role) {
      throw new NacreError("shape", {
        found: `codes of ${its?.alphabet} in layer ${index}`,
        expected: `${own?.alphabet} as in the other data, of the same model`,
      });
    }
    return divergence(countsOf(layer), countsOf(other));
  });
}

function countsOf(layer: readonly LayerCodes[]): Float64Array {
  return histogram(
    layer.map(({ data }) => data),
    layer[0]?.alphabet ?? 1,
  );
}

function divergence(a: Float64Array, b: Float64Array): Drift {
  const [all, others] = [a, b].map((counts) => counts.reduce((sum, count) => sum + count, 0)) as [
    number,
    number,
  ];
  if (all === 0 || others === 0) return { bits: Number.NaN, expected: Number.NaN };
  let [bits, used] = [0, 0];
  for (const [code, count] of a.entries()) {
    const [p, q] = [count / all, b[code]! / others];
    if (p + q === 0) continue;
    used += 1;
    bits += (share(p, p + q) + share(q, p + q)) / 2;
  }
  // Chi-square: (p - q)^2 / p summed up is 8 ln 2 times the divergence, and has the mean (m - 1)(1 / N + 1 / M).
  const expected = Math.min(1, ((used - 1) * (1 / all + 1 / others)) / (8 * Math.LN2));
  return { bits: Math.max(0, bits), expected };
}

/** p log2(p / mean), where the mean is half of the sum. */
function share(p: number, sum: number): number {
  return p === 0 ? 0 : p * Math.log2((2 * p) / sum);
}
