import type { ComputedMeasure } from "./measure.js";

/** How much each block of the decoder changes the state that it is given. */
export const idleBlocks: ComputedMeasure = {
  ...{ name: "idle-blocks", title: "Change of the state by each decoder block", unit: "" },
  ...{ cost: "costly", needs: ["blocks"], page: "idle-blocks" },
  fields: [{ name: "change", label: "|change| / |state|", unit: "" }],
  index: { label: "block", first: 1 },
  compute: async ({ subject }) => ({ whole: { change: await subject.blockChanges!() } }),
};
