import type { DType, Shape } from "./tensor.js";

/**
 * How the tests fill an input.
 *
 * float32 without `step` is drawn from a fine grid that avoids whole numbers and halves, where ops have
 * their kinks; anything else is a multiple of `step`, both bounds included, and so repeats and ties.
 */
export type Draw = {
  readonly dtype: DType;
  readonly from: number;
  readonly to: number;
  readonly step?: number;
};

/** One use of an op, run by the test that walks all ops: forward, and backward against differences. */
export type Sample<A> = {
  /** One per input. */
  readonly shapes: readonly Shape[];
  readonly attributes: A;
  /** One per input; `real()` for all where it is left out. */
  readonly draws?: readonly Draw[];
};

/** What the record of an op has to give: at least one. */
export type Samples<A> = readonly [Sample<A>, ...Sample<A>[]];

/** float32 away from every kink. */
export const real = (from = -2, to = 2): Draw => ({ dtype: "float32", from, to });

/** Whole numbers of a type, few enough to repeat. */
export const whole = (dtype: DType, from: number, to: number): Draw => ({ dtype, from, to, step: 1 });

/** Both bools. */
export const bool: Draw = whole("bool", 0, 1);

/** float32 multiples of a half: ties, and the halves that rounding decides. */
export const halves: Draw = { dtype: "float32", from: -3, to: 3, step: 0.5 };

type None = Record<never, never>;

/** The same draw for one input of a few ranks. */
export function unarySamples(...draws: readonly [Draw, ...Draw[]]): Samples<None> {
  const [first, ...others] = draws.map((draw) => ({ shapes: [[2, 3]], attributes: {}, draws: [draw] }));
  const scalar = { shapes: [[]], attributes: {}, draws: [draws[0]] };
  return [first!, ...others, scalar, { ...scalar, shapes: [[2, 1, 2, 3]] }];
}

/** Two inputs of one draw each: equal shapes, and either side broadcast in every way. */
export function binarySamples(...draws: readonly [[Draw, Draw], ...[Draw, Draw][]]): Samples<None> {
  const shapes: Shape[][] = [
    [[2, 3], [3]],
    [[3], [2, 3]],
    [
      [2, 1],
      [1, 3],
    ],
    [[], [2, 2]],
    [[2, 2], []],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [
      [1, 1],
      [2, 1],
    ],
  ];
  const broadcast = shapes.map((pair) => ({ shapes: pair, attributes: {}, draws: draws[0] }));
  const [first, ...others] = draws.map((pair) => ({
    shapes: [
      [2, 3],
      [2, 3],
    ],
    attributes: {},
    draws: pair,
  }));
  return [first!, ...others, ...broadcast];
}
