import { finite } from "../quality.js";
import { conditionalEntropy } from "../statistics.js";
import type { LayerCodes } from "../subject.js";
import type { ComputedMeasure, Fields } from "./measure.js";

const axes = {
  audio: [{ name: "before", label: "frame before", unit: "bit/code", axis: 0 }],
  image: [
    { name: "left", label: "code to the left", unit: "bit/code", axis: 1 },
    { name: "above", label: "code above", unit: "bit/code", axis: 0 },
  ],
} as const;

/** H(code | neighbour): what a code still tells where one beside it in the same layer is known. */
export const neighbourEntropy: ComputedMeasure = {
  ...{ name: "neighbour-entropy", title: "Entropy given a neighbour", unit: "bit/code" },
  ...{ cost: "cheap", needs: [], page: "conditional-entropy" },
  fields: [...axes.audio, ...axes.image].map(({ name, label, unit }) => ({ name, label, unit })),
  compute: ({ subject }) => ({
    layers: new Map(
      subject.layers.map((layer, index) => [
        index,
        Object.fromEntries(
          axes[subject.medium].map(({ name, axis }) => [name, given(layer, axis)]),
        ) as Fields,
      ]),
    ),
  }),
};

function given(layer: readonly LayerCodes[], axis: number) {
  const pairs = layer.map((codes) => neighbours(codes, axis));
  return finite(
    conditionalEntropy(
      pairs.map(({ own }) => own),
      pairs.map(({ known }) => known),
    ),
    "there are fewer than ten codes for each pair of codes that occurs",
  );
}

/**
 * Codes that have one before them along an axis of their grid, and those before them.
 *
 * axis     of the grid, from 0
 * returns  own[i] is one step behind known[i]; both empty for a grid that has no such axis
 */
export function neighbours({ grid, data }: LayerCodes, axis: number): { own: Int32Array; known: Int32Array } {
  const length = grid[axis] ?? 1;
  const stride = grid.slice(axis + 1).reduce((product, size) => product * size, 1);
  const hasOne = (at: number) => Math.floor(at / stride) % length > 0;
  return {
    own: data.filter((_, at) => hasOne(at)),
    known: data.filter((_, at) => at + stride < data.length && hasOne(at + stride)),
  };
}
