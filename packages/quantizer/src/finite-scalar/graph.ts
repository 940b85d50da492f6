import { NacreError } from "@nacre/errors";
import {
  add,
  cast,
  clip,
  concat,
  constant,
  customGradient,
  div,
  gather,
  mul,
  round,
  square,
  stopGradient,
  sub,
  type Tensor,
  tanh,
  unsqueeze,
} from "@nacre/graph";
import type { FiniteScalarQuantizerOptions } from "./array.js";
import { type Grid, type GridVariant, makeGrid, pointOf, pointTable } from "./grid.js";

/**
 * quantized  float32 [N, D]; its gradient passes straight through the rounding and by the bound's
 *            own derivative to the latent
 * codes      int64 [N, L, D]
 */
export type FiniteScalarStep = { quantized: Tensor; codes: Tensor };

/**
 * What all graph forms of a stack of grids begin with.
 *
 * bounded  float32 [N, D], the latent in the grid's range; its gradient is the bound's own
 * codes    [L], int64 [N, D] each, of every layer
 * points   [L], float32 [N, D] each, what the codes stand for, detached
 */
export type GridLayers = { bounded: Tensor; codes: Tensor[]; points: Tensor[] };

/**
 * Bounds a latent once and rounds it layer after layer. Codes agree with the array form but for ties
 * within float32; the points of a code are the array form's, bit for bit.
 *
 * latent   float32 [N, D], D = levels.length
 * scales   [L][D], the size of each layer's grid; [[1, 1, ...]] for plain finite scalars
 * throws   NacreError "shape" when latent is not [N, D], "option" for bad levels
 *
 * Mentzer et al. 2023, arXiv 2309.15505.
 */
export function gridLayers(
  latent: Tensor,
  levels: readonly number[],
  variant: GridVariant,
  scales: readonly (readonly number[])[],
): GridLayers {
  checkLatent(latent, levels.length);
  const grids = levels.map((count) => makeGrid(count, variant));
  const bounded = boundLatent(latent, grids);
  const [codes, points]: [Tensor[], Tensor[]] = [[], []];
  let rest = stopGradient(bounded);
  let total: Tensor | undefined;
  for (const scale of scales) {
    const code = roundLayer(rest, grids, scale);
    const point = pointsOfCodes(code, grids, scale);
    total = total ? add(total, point) : point;
    rest = sub(stopGradient(bounded), total);
    codes.push(code);
    points.push(point);
  }
  return { bounded, codes, points };
}

/** float32 points [N, D] of one layer's codes, int64 or int32 [N, D]; the code `levels` gives 0. */
export function pointsOfCodes(codes: Tensor, grids: readonly Grid[], scale: readonly number[]): Tensor {
  const { points, starts } = pointTable(grids, scale);
  const first =
    codes.dtype === "int32"
      ? constant(Int32Array.from(starts), [starts.length])
      : constant(BigInt64Array.from(starts, BigInt), [starts.length]);
  return gather(constant(points, [points.length]), add(codes, first), 0);
}

function boundLatent(latent: Tensor, grids: readonly Grid[]): Tensor {
  const shifted = add(
    latent,
    channels(grids, (grid) => grid.shift),
  );
  const swing = mul(
    tanh(shifted),
    channels(grids, (grid) => grid.reach),
  );
  const lowered = sub(
    swing,
    channels(grids, (grid) => grid.inset),
  );
  return div(
    lowered,
    channels(grids, (grid) => grid.scale),
  );
}

/** int64 codes of one layer: the nearest point, ties to even, inside the grid. */
function roundLayer(rest: Tensor, grids: readonly Grid[], scale: readonly number[]): Tensor {
  const finer = mul(
    rest,
    channels(grids, (_, channel) => 1 / scale[channel]!),
  );
  const units = mul(
    finer,
    channels(grids, (grid) => grid.scale),
  );
  const place = round(
    add(
      units,
      channels(grids, (grid) => grid.center),
    ),
  );
  // Clip has one range for all channels: the top code is put to its place by a shift per channel.
  const top = channels(grids, (grid) => grid.levels - 1);
  const below = sub(clip(place, 0, 2 ** 20), top);
  return cast(add(clip(below, -(2 ** 20), 0), top), "int64");
}

function channels(grids: readonly Grid[], pick: (grid: Grid, channel: number) => number): Tensor {
  return constant(Float32Array.from(grids, pick), [grids.length]);
}

function checkLatent(latent: Tensor, width: number): void {
  if (latent.shape.length === 2 && latent.shape[1] === width && latent.dtype === "float32") return;
  throw new NacreError("shape", {
    found: `latent ${latent.dtype} [${latent.shape}]`,
    expected: `float32 [rows, ${width}], a column per channel`,
  });
}

/**
 * Squared distance of what each layer sees from each of its points, [L] of [N, D, K]; its gradient goes to
 * the bounded latent. Channels with fewer points than K, the most of any, have the rest infinitely far.
 */
export function gridDistances(
  { bounded, points }: GridLayers,
  levels: readonly number[],
  variant: GridVariant,
  scales: readonly (readonly number[])[],
): Tensor[] {
  const grids = levels.map((count) => makeGrid(count, variant));
  const most = Math.max(...levels);
  let rest = bounded;
  return scales.map((scale, layer) => {
    const own = grids.flatMap((grid, channel) =>
      Array.from({ length: most }, (_, code) =>
        code < grid.levels ? pointOf(grid, code) * scale[channel]! : beyond,
      ),
    );
    const from = constant(Float32Array.from(own), [1, levels.length, most]);
    const seen = unsqueeze(rest, [2]);
    rest = sub(rest, points[layer]!);
    return square(sub(seen, from));
  });
}

/** Farther than any value, and its square is finite. */
const beyond = 1e15;

/** Joins layers to one straight-through step. */
export function straightStep({ bounded, codes, points }: GridLayers): FiniteScalarStep {
  const total = points.reduce((sum, point) => add(sum, point));
  return { quantized: customGradient(total, [bounded], (g) => [g]), codes: stackCodes(codes) };
}

/** [L] codes [N, D] to one [N, L, D]. */
export function stackCodes(codes: readonly Tensor[]): Tensor {
  return concat(
    codes.map((code) => unsqueeze(code, [1])),
    1,
  );
}

/**
 * Finite scalar quantization in a graph; codes int64 [N, 1, D].
 * throws NacreError "shape" when latent is not [N, D], "option" for bad levels
 */
export function finiteScalarGraph(latent: Tensor, options: FiniteScalarQuantizerOptions): FiniteScalarStep {
  return straightStep(gridLayers(latent, options.levels, options.variant, [options.levels.map(() => 1)]));
}
