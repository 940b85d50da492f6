import { improvement, type Value } from "../quality.js";
import type { Bench } from "./bench.js";
import type { ComputedMeasure, Found } from "./measure.js";

/** Quality of the signal where the decoder ends after fewer of its blocks: DecoderLens, arXiv 2310.03686. */
export const decoderLens: ComputedMeasure = {
  ...{ name: "decoder-lens", title: "Quality lost with fewer decoder blocks", unit: "" },
  ...{ cost: "costly", needs: ["original", "variants", "blocks"], page: "decoder-lens" },
  fields: "metrics",
  index: { label: "blocks", first: 0 },
  compute: async (bench) =>
    lossesByBlocks(bench, bench.subject.decoderBlocks!, await bench.full(), (blocks) =>
      bench.view.qualityWith!({ blocks }),
    ),
};

/** Quality of the codes that the encoder's first blocks give: DecoderLens as it was published, on the encoder. */
export const encoderLens: ComputedMeasure = {
  ...{ name: "encoder-lens", title: "Quality lost with fewer encoder blocks", unit: "" },
  ...{ cost: "costly", needs: ["original", "encoder-blocks"], page: "encoder-lens" },
  fields: "metrics",
  index: { label: "blocks", first: 0 },
  // A picture's file may have chosen its codes by rate; all blocks give them as the quantizer does.
  async compute(bench) {
    const { qualityFrom } = bench.view;
    const blocks = bench.subject.encoderBlocks!;
    return lossesByBlocks(bench, blocks, await qualityFrom!(blocks), qualityFrom!);
  },
};

/** How much worse 0, 1, ... of `count` blocks are than the whole, list by list. */
async function lossesByBlocks(
  { view, step }: Bench,
  count: number,
  whole: Map<string, Value>,
  qualityOf: (blocks: number) => Promise<Map<string, Value>>,
): Promise<Found> {
  const losses: Map<string, Value>[] = [];
  for (let blocks = 0; blocks < count; blocks++) {
    step(blocks, count);
    losses.push(improvement(view.metrics, await qualityOf(blocks), whole));
  }
  const list = (name: string) => listed(losses.map((loss) => loss.get(name)!));
  return { whole: Object.fromEntries(view.metrics.map(({ name }) => [name, list(name)])) };
}

/** Values for 0, 1, ... blocks as a list, or why there is none. */
function listed(values: readonly Value[]): Value | number[] {
  return values.find(({ value }) => value === null) ?? values.map(({ value }) => value!);
}
