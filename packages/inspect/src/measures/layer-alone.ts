import { perContentInTurn } from "./bench.js";
import type { ComputedMeasure } from "./measure.js";

/** Quality of the signal decoded from one layer and no other. */
export const layerAlone: ComputedMeasure = {
  ...{ name: "layer-alone", title: "Quality of the layer alone", unit: "" },
  ...{ cost: "costly", needs: ["original", "variants"], page: "layer-alone" },
  fields: "metrics",
  compute: (bench) =>
    perContentInTurn(bench, async (k) => {
      const without = Array.from(bench.content.keys()).filter((other) => other !== k);
      return Object.fromEntries(await bench.view.qualityWith!({ without }));
    }),
};
