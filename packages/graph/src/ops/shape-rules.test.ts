import { isNacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../test/evaluate.js";
import {
  add,
  cast,
  constant,
  conv,
  convTranspose,
  type DType,
  input,
  type Shape,
  slice,
  type Tensor,
} from "../index.js";

const of = (dtype: DType, ...shape: number[]) => input("x", dtype, shape);
const f = (...shape: number[]) => of("float32", ...shape);

/** The result, or undefined when the op refuses the shapes. */
function attempt(build: () => Tensor): Tensor | undefined {
  try {
    return build();
  } catch (error) {
    if (isNacreError(error) && error.code === "shape") return undefined;
    throw error;
  }
}

const shapeOf = (build: () => Tensor): Shape | undefined => attempt(build)?.shape;

/** All shapes of these ranks out of these sizes. */
function shapesOf(ranks: readonly number[], sizes: readonly number[]): Shape[] {
  return ranks.flatMap((rank) =>
    Array.from({ length: sizes.length ** rank }, (_, code) =>
      Array.from(
        { length: rank },
        (__, axis) => sizes[Math.floor(code / sizes.length ** axis) % sizes.length]!,
      ),
    ),
  );
}

describe("all small shapes", () => {
  const filled = (shape: Shape, rank: number) => [...Array<number>(rank - shape.length).fill(1), ...shape];

  test("broadcast as numpy says, or not at all", () => {
    const shapes = shapesOf([0, 1, 2, 3], [1, 2, 3]);
    for (const left of shapes) {
      for (const right of shapes) {
        const rank = Math.max(left.length, right.length);
        const [a, z] = [filled(left, rank), filled(right, rank)];
        const fits = a.every((size, axis) => size === z[axis] || size === 1 || z[axis] === 1);
        const expected = fits ? a.map((size, axis) => Math.max(size, z[axis]!)) : undefined;
        expect(shapeOf(() => add(f(...left), f(...right)))).toEqual(expected);
      }
    }
  });

  test("are convolved to as many places as the kernel fits, and transposed back to as many", () => {
    for (const [size, kernel, stride, dilation, margin] of shapesOf([5], [1, 2, 3, 5])) {
      const options = { strides: [stride!], dilations: [dilation!], pads: [[margin!, 1] as const] };
      const last = size! + margin! + 1 - (kernel! - 1) * dilation! - 1;
      const starts = Array.from({ length: Math.max(last + 1, 0) }, (_, at) => at).filter(
        (at) => at % stride! === 0,
      );
      const y = shapeOf(() => conv(f(1, 1, size!), f(1, 1, kernel!), options));
      expect(y).toEqual(starts.length > 0 ? [1, 1, starts.length] : undefined);
      if (!y) continue;
      const outputPadding = [last - starts.at(-1)!];
      const back = shapeOf(() => convTranspose(f(...y), f(1, 1, kernel!), { ...options, outputPadding }));
      expect(back).toEqual([1, 1, size]);
    }
  });

  test("are sliced as numpy slices them, whatever the bounds", () => {
    const list = constant([0, 1, 2, 3, 4], [5]);
    for (const [start, end, step] of shapesOf([3], [-7, -5, -2, -1, 1, 3, 5, 6])) {
      const forward = step! > 0;
      const place = (at: number) => (at < 0 ? at + 5 : at);
      const taken: number[] = [];
      // Steps of numpy's definition, on a line without ends; what lies off the list is not there.
      const first = forward ? Math.max(place(start!), 0) : Math.min(place(start!), 4);
      for (let at = first; forward ? at < place(end!) : at > place(end!); at += step!) {
        if (at >= 0 && at < 5) taken.push(at);
      }
      const made = attempt(() => slice(list, 0, start!, end!, step));
      expect(made && [...evaluate([made], {})[0]!.data]).toEqual(taken.length > 0 ? taken : undefined);
    }
  });

  test("keep their type when cast to it", () => {
    for (const dtype of ["float32", "int32", "int64", "bool"] as const) {
      expect(cast(of(dtype, 2), dtype)).toMatchObject({ dtype, shape: [2] });
    }
  });
});
