import { NacreError } from "@nacre/errors";

/** Throws "shape" unless both signals have the same length: a shifted or cut estimate has no measure. */
export function checkPair(reference: Float32Array, estimate: Float32Array): void {
  if (reference.length === estimate.length) return;
  throw new NacreError("shape", {
    found: `the estimate has ${estimate.length} samples`,
    expected: `${reference.length} as in the reference`,
    mend: "align and trim the two before measuring",
  });
}

/** Throws "option" unless the sample rate is a positive whole number of hertz. */
export function checkRate(sampleRate: number): void {
  if (Number.isInteger(sampleRate) && sampleRate > 0) return;
  throw new NacreError("option", { found: `sample rate ${sampleRate}`, expected: "whole hertz above 0" });
}
