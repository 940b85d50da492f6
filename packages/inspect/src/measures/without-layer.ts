import { improvement } from "../quality.js";
import { perContentInTurn } from "./bench.js";
import type { ComputedMeasure } from "./measure.js";

/** How much worse the signal is without one layer, all others kept: the layer's own share of the quality. */
export const withoutLayer: ComputedMeasure = {
  ...{ name: "without-layer", title: "Quality lost without the layer alone", unit: "" },
  ...{ cost: "costly", needs: ["original", "variants"], page: "without-layer" },
  fields: "metrics",
  async compute(bench) {
    const { metrics, qualityWith } = bench.view;
    const full = await bench.full();
    return perContentInTurn(bench, async (k) =>
      Object.fromEntries(improvement(metrics, await qualityWith!({ without: [k] }), full)),
    );
  },
};
