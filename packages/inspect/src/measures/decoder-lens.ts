import { improvement, type Value } from "../quality.js";
import type { ComputedMeasure } from "./measure.js";

/** Quality of the signal where the decoder ends after fewer of its blocks: DecoderLens, arXiv 2310.03686. */
export const decoderLens: ComputedMeasure = {
  ...{ name: "decoder-lens", title: "Quality lost with fewer decoder blocks", unit: "" },
  ...{ cost: "costly", needs: ["original", "variants", "blocks"], page: "decoder-lens" },
  fields: "metrics",
  index: { label: "blocks", first: 0 },
  async compute({ subject, view, full, step }) {
    const blocks = subject.decoderBlocks!;
    const whole = await full();
    const losses: Map<string, Value>[] = [];
    for (let run = 0; run < blocks; run++) {
      step(run, blocks);
      losses.push(improvement(view.metrics, await view.qualityWith!({ blocks: run }), whole));
    }
    return {
      whole: Object.fromEntries(
        view.metrics.map(({ name }) => [name, listed(losses.map((loss) => loss.get(name)!))]),
      ),
    };
  },
};

/** Values for 0, 1, ... blocks as a list, or why there is none. */
function listed(values: readonly Value[]): Value | number[] {
  return values.find(({ value }) => value === null) ?? values.map(({ value }) => value!);
}
