import type { MediumView } from "../medium-view.js";
import type { Value } from "../quality.js";
import type { InspectSubject } from "../subject.js";
import type { LatentSample } from "./latent-sample.js";
import type { Fields, Found } from "./measure.js";

/**
 * What a measure works with.
 *
 * content  places in the file of the content layers
 * seed     of everything random
 * draws    flipped bits of a layer
 * latents  only where the subject has them
 * full     quality of all layers; only where the original was given
 * step     tells how far the measure is; throws NacreError "cancelled" once the work is given up
 */
export type Bench = {
  subject: InspectSubject;
  view: MediumView;
  content: readonly number[];
  seed: number;
  draws: number;
  latents(): Promise<LatentSample>;
  full(): Promise<Map<string, Value>>;
  step(done: number, total: number): void;
};

/** Values for every content layer; `k` counts them from 0. */
export function perContent({ content }: Bench, fieldsOf: (k: number, index: number) => Fields): Found {
  return { layers: new Map(content.map((index, k) => [index, fieldsOf(k, index)])) };
}

/** The same one after the other, for what takes time. */
export async function perContentInTurn(
  { content, step }: Bench,
  fieldsOf: (k: number, index: number) => Promise<Fields>,
): Promise<Found> {
  const layers = new Map<number, Fields>();
  for (const [k, index] of content.entries()) {
    step(k, content.length);
    layers.set(index, await fieldsOf(k, index));
  }
  return { layers };
}
