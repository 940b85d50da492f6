import { type Bench, perContent } from "./bench.js";
import { difference } from "./latent-sample.js";
import type { Fields, Found } from "./measure.js";

/** values: [rows, dimension]. */
export type Rows = { values: Float32Array; rows: number; dimension: number };

/** A measure of rows, taken of the latent (as `whole`) and of what each layer leaves of it, z - prefix sum. */
export async function geometryFields(bench: Bench, fieldsOf: (rows: Rows) => Fields): Promise<Found> {
  const { latent, prefixes, rows, dimension } = await bench.latents();
  const left = (k: number) => difference(latent, prefixes[k]!);
  return {
    whole: fieldsOf({ values: latent, rows, dimension }),
    ...perContent(bench, (k) => fieldsOf({ values: left(k), rows, dimension })),
  };
}
