/** A ratio of rates in lowest terms: output sample m stands at input place m * down / up. */
export type Ratio = { up: number; down: number };

/** A place between input samples: `whole` samples and `phase` / up of the next, 0 .. up - 1. */
export type Place = { whole: number; phase: number };

/*
 * Everything here is exact: rates may have 32 bits and a stream may last for years, so products of the
 * two pass 2^53, and an error of one sample would not go away again.
 */

/** The place of the output `count` outputs behind the one at `place`. */
export function advance({ whole, phase }: Place, count: number, { up, down }: Ratio): Place {
  const [samples, rest] = divided(count, down, phase, up);
  return { whole: whole + samples, phase: rest };
}

/** How many outputs, from the one at `place` on, stand before input sample `end`. */
export function outputsBefore(end: number, { whole, phase }: Place, { up, down }: Ratio): number {
  return end <= whole ? 0 : divided(end - whole, up, down - 1 - phase, down)[0];
}

/** Outputs of a sound of `length` inputs: ceil(length * up / down). */
export function outputLength(length: number, ratio: Ratio): number {
  return outputsBefore(length, { whole: 0, phase: 0 }, ratio);
}

/** Quotient and rest of (a * b + c) / d, which is not negative. */
function divided(a: number, b: number, c: number, d: number): [quotient: number, rest: number] {
  const total = a * b + c;
  if (Number.isSafeInteger(a * b) && Number.isSafeInteger(total)) {
    const rest = total % d;
    return [(total - rest) / d, rest];
  }
  const exact = BigInt(a) * BigInt(b) + BigInt(c);
  return [Number(exact / BigInt(d)), Number(exact % BigInt(d))];
}
