import { expectCount } from "../quantizer.js";

/**
 * How a channel's grid lies in -1 .. 1, and how the latent is bounded to it.
 *
 * "offset"     points k / floor(levels / 2); an even count has one point more below zero than above,
 *              and zero itself is a point. Mentzer et al. 2023, arXiv 2309.15505, appendix A.1, with
 *              the shift as atanh (their tan misses 0 by little) and the bound widened, not
 *              narrowed, by 1/1000, so that two levels work.
 * "symmetric"  points 2 code / (levels - 1) - 1; an even count has no point at zero. Parker et al.
 *              2024, arXiv 2411.19842, equation 1.
 * "equal-cells"  the points of "symmetric", the latent bounded to levels / (levels - 1) instead of 1, so
 *              that the cells of the outermost points are as wide as the others. With scale "levels" a
 *              cell is then a small copy of the whole range, and every layer has its say; under the
 *              narrower bound the second layer of two levels follows from the first.
 */
export type GridVariant = "offset" | "symmetric" | "equal-cells";

/** Every variant, for option checks and help. */
export const gridVariants: readonly GridVariant[] = ["offset", "symmetric", "equal-cells"];

/**
 * One channel's grid: code c stands for (c - center) / scale; a latent value is first bounded to
 * (tanh(z + shift) reach - inset) / scale, which keeps rounding inside the grid.
 */
export type Grid = {
  levels: number;
  scale: number;
  center: number;
  shift: number;
  reach: number;
  inset: number;
};

const widening = 1.001;

/** The grid of a channel; throws NacreError "option" below 2 levels. */
export function makeGrid(levels: number, variant: GridVariant): Grid {
  expectCount("levels", levels, 2);
  const half = (levels - 1) / 2;
  const even = { levels, scale: half, center: half, shift: 0, inset: 0 };
  if (variant === "symmetric") return { ...even, reach: half };
  if (variant === "equal-cells") return { ...even, reach: levels / 2 };
  const reach = half * widening;
  const inset = levels % 2 === 0 ? 0.5 : 0;
  const center = Math.floor(levels / 2);
  return { levels, scale: center, center, shift: Math.atanh(inset / reach), reach, inset };
}

/** Latent value, unbounded, to grid units of -1 .. 1. */
export function boundValue(grid: Grid, value: number): number {
  return (Math.tanh(value + grid.shift) * grid.reach - grid.inset) / grid.scale;
}

/** A latent [N, D] as finite scalars see it, [N, D]: what their points approach, layer by layer. */
export function boundedLatent(
  latent: Float32Array,
  { levels, variant }: { levels: readonly number[]; variant: GridVariant },
): Float32Array {
  const grids = levels.map((count) => makeGrid(count, variant));
  return latent.map((value, i) => boundValue(grids[i % grids.length]!, value));
}

/** Code of the point nearest to a bounded value. */
export function nearestCode(grid: Grid, value: number): number {
  const code = roundHalfEven(value * grid.scale + grid.center);
  return Math.min(Math.max(code, 0), grid.levels - 1);
}

/** The point that a code stands for. */
export function pointOf(grid: Grid, code: number): number {
  return (code - grid.center) / grid.scale;
}

/**
 * The points of one layer, channel after channel, as float32: what every form adds up, so that all forms
 * agree to the bit.
 *
 * scales  [D], size of the layer's grid per channel
 * points  per channel its levels in order, then a 0: what the code `levels`, "not used", stands for
 * starts  [D], where each channel's points begin
 */
export function pointTable(
  grids: readonly Grid[],
  scales: readonly number[],
): { points: Float32Array; starts: number[] } {
  const points: number[] = [];
  const starts = grids.map((grid, channel) => {
    const start = points.length;
    for (let code = 0; code < grid.levels; code++) points.push(pointOf(grid, code) * scales[channel]!);
    points.push(0);
    return start;
  });
  return { points: Float32Array.from(points), starts };
}

/** Rounds as ONNX does, ties to even; Math.round sends them up. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
