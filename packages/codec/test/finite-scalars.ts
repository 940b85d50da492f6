import { parseTables, serializeTables, uniformTable } from "@nacre/entropy";
import {
  add,
  cast,
  concat,
  constant,
  div,
  gather,
  mul,
  round,
  slice,
  sub,
  type Tensor,
  tanh,
} from "@nacre/graph";
import { createResidualFiniteScalarQuantizer } from "@nacre/quantizer";
import type { Model } from "../src/index.js";
import type { OpenQuantizer } from "../src/quantizers/quantizer-kind.js";

const options = { layers: 3, variant: "symmetric", convention: "levels-minus-one" } as const;
const levels = [5, 3, 7, 5, 3, 3, 5, 9];

/** The array form of what `finiteScalarModel` quantizes with. */
export const finiteScalars = createResidualFiniteScalarQuantizer({ ...options, levels });

/** The tiny model with another quantizer: eight codes per frame and layer, of five alphabets. */
export function finiteScalarModel(tiny: Model): Model {
  const { alphabets } = finiteScalars.describe();
  const quantizer: OpenQuantizer = {
    layers: options.layers,
    dimension: levels.length,
    alphabets,
    encode: encodeStack,
    decode: (codes) => layers().reduce((sum, layer) => add(sum, pointsOf(codes, layer)), pointsOf(codes, 0)),
  };
  const tables = parseTables(serializeTables(alphabets.flat().map(uniformTable)));
  return { ...tiny, quantizer, tables, config: { ...tiny.config, silence: alphabets.flat().map(() => 1) } };
}

// A symmetric grid over tanh; what a layer leaves lies inside the next one's grid, so nothing is clipped.
function encodeStack(latent: Tensor): Tensor {
  const row = (value: (count: number) => number) =>
    constant(Float32Array.from(levels, value), [levels.length]);
  const half = row((count) => (count - 1) / 2);
  const codes: Tensor[] = [];
  let rest = tanh(latent);
  for (let layer = 0; layer < options.layers; layer++) {
    const code = round(
      add(
        mul(
          mul(
            rest,
            row((count) => (count - 1) ** layer),
          ),
          half,
        ),
        half,
      ),
    );
    const point = mul(
      div(sub(code, half), half),
      row((count) => (count - 1) ** -layer),
    );
    rest = sub(rest, point);
    codes.push(cast(code, "int32"));
  }
  return concat(codes, 1);
}

const layers = () => Array.from({ length: options.layers - 1 }, (_, layer) => layer + 1);

// [N, D] points of one layer; the code beyond the last one stands for a layer that is not used.
function pointsOf(codes: Tensor, layer: number): Tensor {
  const columns = levels.map((count, place) => {
    const half = (count - 1) / 2;
    const points = Float32Array.from({ length: count + 1 }, (_, code) =>
      code === count ? 0 : ((code - half) / half) * (count - 1) ** -layer,
    );
    const at = layer * levels.length + place;
    return gather(constant(points, [count + 1]), slice(codes, 1, at, at + 1), 0);
  });
  return concat(columns, 1);
}
