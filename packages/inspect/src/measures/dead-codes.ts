import { histogram } from "../statistics.js";
import type { ComputedMeasure, Fields } from "./measure.js";

/** Which codes never occur. Samples of alpha are no codebook, so that layer is left out. */
export const deadCodes: ComputedMeasure = {
  ...{ name: "dead-codes", title: "Codes that never occur", unit: "" },
  ...{ cost: "cheap", needs: [], page: "dead-codes" },
  fields: [{ name: "codes", label: "dead codes", unit: "" }],
  compute: ({ subject }) => ({
    layers: new Map(
      subject.layers.flatMap((layer, index): [number, Fields][] => {
        const { role, alphabet } = layer[0]!;
        if (role === "alpha") return [];
        const counts = histogram(
          layer.map(({ data }) => data),
          alphabet,
        );
        return [[index, { codes: Array.from(counts.keys()).filter((code) => counts[code] === 0) }]];
      }),
    ),
  }),
};
