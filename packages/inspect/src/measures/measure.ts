import type { LayerReportRow } from "../layer-report.js";
import type { Value } from "../quality.js";
import type { Bench } from "./bench.js";

/** What a measure looks at beside the codes. */
export type Need = "latents" | "original" | "codebook" | "variants" | "blocks" | "encoder-blocks";

/** One value of a measure: a number that may not exist, or a list of numbers. */
export type MeasureValue = Value | readonly number[];

/** Values of one layer, or of the whole signal, by the names of the measure's fields. */
export type Fields = Readonly<Record<string, MeasureValue>>;

/** What is told of a field. unit: "" for a share or a plain number. */
export type Field = { name: string; label: string; unit: string };

/**
 * What a measure found.
 *
 * layers  by index of the layer in the file; layers that the measure says nothing of are left out
 * whole   of the latent, the decoder or the signal as one
 */
export type Found = { layers?: ReadonlyMap<number, Fields>; whole?: Fields };

/**
 * What is told of a measure.
 *
 * name   as `--measures` takes it
 * cost   "cheap": at most each prefix decoded once; "costly": more decodings, or work that grows with a square
 * page   of docs/measures, without its ending
 */
type Card = {
  name: string;
  title: string;
  unit: string;
  cost: "cheap" | "costly";
  needs: readonly Need[];
  page: string;
};

/** A measure whose values are fields of a layer's row in the report. */
export type RowMeasure = Card & { rows: readonly (keyof LayerReportRow & string)[] };

/**
 * A measure whose values are in a report's `measures`.
 *
 * fields  "metrics": one for each measure of quality
 * index   what a place in the lists of `whole` stands for, where it has lists alone: a name, and the number of the first
 */
export type ComputedMeasure = Card & {
  fields: readonly Field[] | "metrics";
  index?: { label: string; first: number };
  compute(bench: Bench): Found | Promise<Found>;
};

/** One measure of the registry. */
export type Measure = RowMeasure | ComputedMeasure;

/** True for a measure that has values of its own beside a row's fields. */
export function isComputed(measure: Measure): measure is ComputedMeasure {
  return "compute" in measure;
}
