import type { MediumView } from "../medium-view.js";
import type { InspectSubject } from "../subject.js";
import type { Bench } from "./bench.js";
import type { ComputedMeasure, Fields, Found, MeasureValue, Need } from "./measure.js";

/** What a report keeps of values: a number, null, or a list of numbers. */
export type Plain = Record<string, number | number[] | null>;

/**
 * What measures found, as a report has it.
 *
 * layers   [layer of the file][measure][field], and why a value is null under "measures.<measure>.<field>"
 * whole    [measure][field], and why under "<measure>.<field>"
 */
export type Taken = {
  layers: { measures: Record<string, Plain>; missing: Record<string, string> }[];
  whole: Record<string, Plain>;
  missing: Record<string, string>;
};

/** Takes measures one after the other; what a measure needs and the subject has not is the reason of its nulls. */
export async function takeMeasures(
  chosen: readonly ComputedMeasure[],
  { subject, view }: Pick<Bench, "subject" | "view">,
  benchOf: (measure: ComputedMeasure) => Bench,
): Promise<Taken> {
  const taken: Taken = {
    layers: subject.layers.map(() => ({ measures: {}, missing: {} })),
    whole: {},
    missing: {},
  };
  for (const measure of chosen) {
    const bench = benchOf(measure);
    const reason = unmet(measure, subject, view);
    const found = reason === undefined ? await measure.compute(bench) : nothing(measure, bench, reason);
    for (const [index, fields] of found.layers ?? []) {
      const { measures, missing } = taken.layers[index]!;
      measures[measure.name] = plain(fields, `measures.${measure.name}`, missing);
    }
    if (found.whole) taken.whole[measure.name] = plain(found.whole, measure.name, taken.missing);
  }
  return taken;
}

const reasons: Record<Need, string> = {
  latents: "the latents were not given",
  original: "the original was not given",
  codebook: "the codebook was not given",
  variants: "the codes cannot be decoded another way",
  blocks: "the decoder has no blocks of one shape that could be left out",
  "encoder-blocks": "the encoder has no blocks of one shape that could be left out",
};

function unmet({ needs }: ComputedMeasure, subject: InspectSubject, view: MediumView): string | undefined {
  const has: Record<Need, boolean> = {
    latents: subject.latents !== undefined,
    original: view.qualityOf !== undefined,
    codebook: subject.codebook !== undefined,
    variants: subject.variant !== undefined,
    blocks: subject.decoderBlocks !== undefined && subject.blockChanges !== undefined,
    "encoder-blocks": subject.encoderBlocks !== undefined && view.qualityFrom !== undefined,
  };
  const first = needs.find((need) => !has[need]);
  return first && reasons[first];
}

function nothing({ fields, needs }: ComputedMeasure, { content, view }: Bench, reason: string): Found {
  const names = (fields === "metrics" ? view.metrics : fields).map(({ name }) => name);
  const none: Fields = Object.fromEntries(names.map((name) => [name, { value: null, reason }]));
  return needs.includes("blocks")
    ? { whole: none }
    : { layers: new Map(content.map((index) => [index, none])) };
}

function plain(fields: Fields, prefix: string, missing: Record<string, string>): Plain {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (isReason(value)) missing[`${prefix}.${name}`] = value.reason;
      return [name, isList(value) ? [...value] : value.value];
    }),
  );
}

function isList(value: MeasureValue): value is readonly number[] {
  return Array.isArray(value);
}

function isReason(value: MeasureValue): value is { value: null; reason: string } {
  return !isList(value) && value.value === null;
}
