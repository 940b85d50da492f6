import { parseTables, serializeTables, uniformTable } from "@nacre/entropy";
import { createResidualFiniteScalarQuantizer } from "@nacre/quantizer";
import type { NetworkModel } from "../src/index.js";
import { openQuantizer } from "../src/quantizers/quantizers.js";

/** As model.json has it: eight codes per frame and layer, of five alphabets. */
export const finiteScalarConfig = {
  kind: "residual-finite-scalar",
  version: 1,
  variant: "equal-cells",
  convention: "levels",
  layers: 3,
  levels: [5, 3, 7, 2, 3, 3, 5, 9],
} as const;

const config = { ...finiteScalarConfig, levels: [...finiteScalarConfig.levels] };

/** The array form of what `finiteScalarModel` quantizes with. */
export const finiteScalars = createResidualFiniteScalarQuantizer(config);

/** The tiny model with another quantizer. */
export function finiteScalarModel(tiny: NetworkModel): NetworkModel {
  const quantizer = openQuantizer(config, []);
  const places = quantizer.alphabets.flat();
  const tables = parseTables(serializeTables(places.map(uniformTable)));
  return {
    ...tiny,
    quantizer,
    tables,
    config: { ...tiny.config, quantizer: config, silence: places.map(() => 1) },
  };
}
