import { NacreError } from "@nacre/errors";
import {
  add,
  cast,
  clip,
  concat,
  constant,
  customGradient,
  div,
  mul,
  round,
  sub,
  type Tensor,
  tanh,
  unsqueeze,
} from "@nacre/graph";
import type { FiniteScalarQuantizerOptions } from "./array.js";
import { type GridVariant, makeGrid } from "./grid.js";

/**
 * quantized  float32 [N, D]; its gradient passes straight through the rounding and by the bound's
 *            own derivative to the latent
 * codes      int64 [N, L, D]
 */
export type FiniteScalarStep = { quantized: Tensor; codes: Tensor };

type Channels = (pick: (grid: ReturnType<typeof makeGrid>) => number) => Tensor;

/**
 * Graph form of a stack of grids; `createFiniteScalarQuantizer` and its residual sister are the
 * array form. Codes agree but for ties within float32.
 *
 * latent   float32 [N, D], D = levels.length
 * scales   [L][D], the size of each layer's grid; [[1, 1, ...]] for plain finite scalars
 * throws   NacreError "shape" when latent is not [N, D], "option" for bad levels
 *
 * Mentzer et al. 2023, arXiv 2309.15505.
 */
export function gridStackGraph(
  latent: Tensor,
  levels: readonly number[],
  variant: GridVariant,
  scales: readonly (readonly number[])[],
): FiniteScalarStep {
  if (latent.shape.length !== 2 || latent.shape[1] !== levels.length || latent.dtype !== "float32") {
    throw new NacreError("shape", {
      found: `latent ${latent.dtype} [${latent.shape}]`,
      expected: `float32 [rows, ${levels.length}], a column per channel`,
    });
  }
  const grids = levels.map((count) => makeGrid(count, variant));
  const channels: Channels = (pick) => constant(Float32Array.from(grids, pick), [grids.length]);
  const swing = mul(
    tanh(
      add(
        latent,
        channels((grid) => grid.shift),
      ),
    ),
    channels((grid) => grid.reach),
  );
  const bounded = div(
    sub(
      swing,
      channels((grid) => grid.inset),
    ),
    channels((grid) => grid.scale),
  );
  const codes: Tensor[] = [];
  let total: Tensor | undefined;
  for (const scale of scales) {
    const code = roundLayer(total ? sub(bounded, total) : bounded, channels, scale);
    const point = pointsOf(code, channels, scale);
    total = total ? add(total, point) : point;
    codes.push(unsqueeze(cast(code, "int64"), [1]));
  }
  return { quantized: customGradient(total!, [bounded], (g) => [g]), codes: concat(codes, 1) };
}

/** float32 codes of one layer: the nearest point, ties to even, inside the grid. */
function roundLayer(rest: Tensor, channels: Channels, scale: readonly number[]): Tensor {
  const finer = mul(
    rest,
    constant(
      Float32Array.from(scale, (each) => 1 / each),
      [scale.length],
    ),
  );
  const place = round(
    add(
      mul(
        finer,
        channels((grid) => grid.scale),
      ),
      channels((grid) => grid.center),
    ),
  );
  // Clip has one range for all channels: the top code is put to its place by a shift per channel.
  const top = channels((grid) => grid.levels - 1);
  const below = sub(clip(place, 0, 2 ** 20), top);
  return add(clip(below, -(2 ** 20), 0), top);
}

function pointsOf(code: Tensor, channels: Channels, scale: readonly number[]): Tensor {
  const centered = div(
    sub(
      code,
      channels((grid) => grid.center),
    ),
    channels((grid) => grid.scale),
  );
  return mul(centered, constant(Float32Array.from(scale), [scale.length]));
}

/**
 * Finite scalar quantization in a graph; codes int64 [N, 1, D].
 * throws NacreError "shape" when latent is not [N, D], "option" for bad levels
 */
export function finiteScalarGraph(latent: Tensor, options: FiniteScalarQuantizerOptions): FiniteScalarStep {
  return gridStackGraph(latent, options.levels, options.variant, [options.levels.map(() => 1)]);
}
