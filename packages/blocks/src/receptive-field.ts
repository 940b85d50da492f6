import { assert } from "@nacre/errors";
import type { ReceptiveField } from "./network.js";

/**
 * The field of parts that run one after another at one frame rate: reach adds up on both sides.
 */
export function chainFields(fields: readonly ReceptiveField[]): ReceptiveField {
  return {
    past: fields.reduce((sum, { past }) => sum + past, 0),
    future: fields.reduce((sum, { future }) => sum + future, 0),
  };
}

/**
 * How a convolution of `kernel` frames lies in time. Its padding is the same, so that length is kept.
 *
 * lookahead  how many of the kernel's frames lie in the future, 0 .. kernel - 1; 0 is causal
 */
export function kernelField(kernel: number, lookahead: number): ReceptiveField {
  assert(lookahead >= 0 && lookahead < kernel, `lookahead ${lookahead} lies within a kernel of ${kernel}`);
  return { past: kernel - 1 - lookahead, future: lookahead };
}

/** A kernel of odd length that sees as far back as ahead. */
export function symmetricField(kernel: number): ReceptiveField {
  assert(kernel % 2 === 1, `a symmetric kernel has odd length, not ${kernel}`);
  return kernelField(kernel, (kernel - 1) / 2);
}
