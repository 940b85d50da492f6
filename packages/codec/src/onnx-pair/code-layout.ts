import type { Value, Values } from "@nacre/runtime";

/** What an axis of a tensor of codes counts; "one" has size 1. */
export type CodeAxis = "one" | "layers" | "frames";

/**
 * How a graph has its codes: one tensor with a layers axis, or a tensor for each layer without one.
 *
 * names  of the inputs or outputs, in the order of the layers
 * axes   of each of them
 */
export type CodeLayout = { names: string[]; axes: CodeAxis[] };

/** Counts of a tensor of codes, as its axes have them. */
export function shapeOf(axes: readonly CodeAxis[], layers: number, frames: number): number[] {
  return axes.map((axis) => (axis === "layers" ? layers : axis === "frames" ? frames : 1));
}

/** The number of layers that a layout shows in a shape. */
export function layersIn({ names, axes }: CodeLayout, shape: readonly number[]): number {
  return axes.includes("layers") ? shape[axes.indexOf("layers")]! : names.length;
}

/** Codes [frames, layers] out of what a graph gave; the tensors are those of the layout, whole numbers. */
export function codeRows({ names, axes }: CodeLayout, found: Values, frames: number): Int32Array {
  const tensors = names.map((name) => found[name]!);
  const layers = layersIn({ names, axes }, tensors[0]!.shape);
  const rows = new Int32Array(frames * layers);
  for (let layer = 0; layer < layers; layer++) {
    const { data, shape } = tensors[names.length === 1 ? 0 : layer]!;
    const start = names.length === 1 ? layer * strideOf(axes, shape, "layers") : 0;
    const step = strideOf(axes, shape, "frames");
    for (let frame = 0; frame < frames; frame++)
      rows[frame * layers + layer] = Number(data[start + frame * step]);
  }
  return rows;
}

/** The way back: feeds of a graph that takes codes, from [frames, layers]. */
export function codeFeeds(
  { names, axes }: CodeLayout,
  type: "int32" | "int64",
  rows: Int32Array,
  layers: number,
): Values {
  const frames = rows.length / layers;
  const shape = shapeOf(axes, names.length === 1 ? layers : 1, frames);
  const per = names.length === 1 ? layers : 1;
  const [layerStep, frameStep] = [strideOf(axes, shape, "layers"), strideOf(axes, shape, "frames")];
  return Object.fromEntries(
    names.map((name, index): [string, Value] => {
      const plain = new Int32Array(frames * per);
      for (let frame = 0; frame < frames; frame++) {
        for (let layer = 0; layer < per; layer++)
          plain[layer * layerStep + frame * frameStep] = rows[frame * layers + index + layer]!;
      }
      const data = type === "int32" ? plain : BigInt64Array.from(plain, BigInt);
      return [name, { type, shape, data }];
    }),
  );
}

function strideOf(axes: readonly CodeAxis[], shape: readonly number[], axis: CodeAxis): number {
  const at = axes.indexOf(axis);
  return at < 0 ? 0 : shape.slice(at + 1).reduce((product, size) => product * size, 1);
}
