import { isNacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { feedsOf } from "../test/cases.js";
import { evaluate, inner, slope } from "../test/evaluate.js";
import type { Value } from "../test/value.js";
import {
  abs,
  add,
  argMax,
  cast,
  clip,
  constant,
  customGradient,
  exp,
  gather,
  gradient,
  gradients,
  input,
  layerNorm,
  lstm,
  max,
  min,
  mul,
  reduceMax,
  relu,
  sin,
  split,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
} from "./index.js";

const x = input("x", "float32", [4]);
const y = input("y", "float32", [4]);
const [g, h] = [input("g", "float32", [4]), input("h", "float32", [4])];
const feeds = feedsOf([x, y, g, h], 1);

const numbers = (tensors: readonly Tensor[]) => evaluate(tensors, feeds).map(({ data }) => [...data]);
const fed = (name: string) => [...feeds[name]!.data];
const near = (list: readonly number[]) => list.map((each) => expect.closeTo(each, 10));

/** Gradients in x at these values, each with cotangent 1. */
function at(values: readonly number[], build: (x: Tensor) => Tensor): number[] {
  const [slopes] = gradients([build(x)], [constant([1, 1, 1, 1], [4])], [x]);
  const value: Value = { dtype: "float32", shape: [4], data: Float64Array.from(values) };
  return [...evaluate([slopes!], { x: value })[0]!.data];
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}

describe("reverse mode", () => {
  test("is linear in the cotangent", () => {
    const f = mul(tanh(x), exp(y));
    const mixed = add(mul(g, 3), mul(h, -0.5));
    const [whole, first, second] = [mixed, g, h].map((each) => gradients([f], [each], [x])[0]!);
    const [found, expected] = numbers([whole!, add(mul(first!, 3), mul(second!, -0.5))]);
    expect(found).toEqual(near(expected!));
  });

  test("of several outputs is the sum of the gradients of each", () => {
    const outputs = [sin(x), mul(x, y)];
    const together = gradients(outputs, [g, h], [x, y]);
    const [sine, product] = outputs.map((each, i) => gradients([each], [i === 0 ? g : h], [x, y]));
    const [a, b, c, d] = numbers([...together, add(sine![0]!, product![0]!), add(sine![1]!, product![1]!)]);
    expect([a, b]).toEqual([near(c!), near(d!)]);
  });

  test("of one output named twice adds the cotangents", () => {
    const [found] = numbers(gradients([sin(x), sin(x), x, x], [g, h, g, h], [x]));
    expect(found).toEqual(
      near(fed("x").map((value, i) => (Math.cos(value) + 1) * (fed("g")[i]! + fed("h")[i]!))),
    );
  });

  test("adds up over every use of a tensor", () => {
    const [found] = numbers(gradients([add(mul(x, x), mul(square(x), x))], [g], [x]));
    expect(found).toEqual(near(fed("x").map((value, i) => (2 * value + 3 * value * value) * fed("g")[i]!)));
  });

  test("gives zeros of its shape for a tensor that nothing reads", () => {
    expect(numbers(gradients([sin(x)], [g], [y]))).toEqual([[0, 0, 0, 0]]);
  });

  test("gives zeros where only integers lead", () => {
    const largest = cast(argMax(x, 0), "float32");
    expect(numbers(gradients([mul(largest, y)], [g], [x]))).toEqual([[0, 0, 0, 0]]);
  });

  test("stops at inner tensors as well, and goes on beyond them", () => {
    const inside = sin(x);
    const [ofInside, ofX] = numbers(gradients([square(inside)], [g], [inside, x]));
    expect(ofInside).toEqual(near(fed("x").map((value, i) => 2 * Math.sin(value) * fed("g")[i]!)));
    expect(ofX).toEqual(near(ofInside!.map((value, i) => value * Math.cos(fed("x")[i]!))));
  });

  test("of one piece of a split leaves the others at zero", () => {
    const [, second] = split(x, [1, 2, 1], 0);
    const [found] = numbers(gradients([second!], [constant([5, 7], [2])], [x]));
    expect(found).toEqual([0, 5, 7, 0]);
  });

  test("of a gradient reaches the statistics that layer norm shares with it", () => {
    const [slopes] = gradients([layerNorm(x, y, g)], [h], [x]);
    const [found] = evaluate(gradients([slopes!], [g], [x]), feeds);
    const expected = slope([slopes!], [feeds.g!], feeds, { x: feeds.y! });
    expect(inner([found!], [feeds.y!])).toBeCloseTo(expected, 6);
  });

  test("takes no room on the stack, so ten thousand nodes in a row are differentiated", () => {
    let deep: Tensor = x;
    for (let i = 0; i < 10_000; i += 1) deep = add(deep, x);
    expect(numbers(gradients([deep], [g], [x]))[0]).toEqual(near(fed("g").map((value) => 10_001 * value)));
  });
});

describe("where a gradient is a choice", () => {
  test("stopGradient keeps the value and blocks the path", () => {
    const stopped = stopGradient(x);
    const [value, slopes] = numbers([stopped, ...gradients([mul(stopped, x)], [g], [x])]);
    expect(value).toEqual(fed("x"));
    expect(slopes).toEqual(near(fed("x").map((each, i) => each * fed("g")[i]!)));
  });

  test("customGradient has the value of one tensor and the gradient of its pullback alone", () => {
    const made = customGradient(square(x), [y], (cotangent) => [mul(cotangent, 7)]);
    const [value, ofX, ofY] = numbers([made, ...gradients([made], [g], [x, y])]);
    expect(value).toEqual(near(fed("x").map((each) => each * each)));
    expect(ofX).toEqual([0, 0, 0, 0]);
    expect(ofY).toEqual(near(fed("g").map((each) => 7 * each)));
  });

  test("abs and relu have gradient 0 at 0", () => {
    expect(at([-2, 0, 0, 3], abs)).toEqual([-1, 0, 0, 1]);
    expect(at([-2, 0, 0, 3], relu)).toEqual([0, 0, 0, 1]);
  });

  test("clip has gradient 1 on its bounds and 0 beyond them", () => {
    expect(at([-1, -1.01, 0.5, 0.51], (v) => clip(v, -1, 0.5))).toEqual([1, 0, 1, 0]);
  });

  test("ties of min and max give all to the first operand", () => {
    const same = constant([1, 1, 1, 1], [4]);
    expect([at([1, 1, 1, 1], (v) => max(v, same)), at([1, 1, 1, 1], (v) => max(same, v))]).toEqual([
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
    expect([at([1, 1, 1, 1], (v) => min(v, same)), at([1, 1, 1, 1], (v) => min(same, v))]).toEqual([
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
  });

  test("elements that tie for the largest share its gradient equally", () => {
    expect(at([3, 1, 3, 2], (v) => mul(reduceMax(v), constant([1, 1, 1, 1], [4])))).toEqual([2, 0, 2, 0]);
  });

  test("an element gathered twice gets both cotangents", () => {
    const places = constant([2, 0, 2, 2], [4], "int32");
    const [found] = numbers(gradients([gather(x, places, 0)], [constant([1, 10, 100, 1000], [4])], [x]));
    expect(found).toEqual([10, 0, 1101, 0]);
  });
});

describe("what cannot be differentiated is refused", () => {
  const whole = input("whole", "int64", [4]);
  test.each<[string, () => unknown]>([
    ["a loss of several elements", () => gradient(x, [x])],
    ["an output without a cotangent", () => gradients([x, y], [g], [x])],
    ["a cotangent of another shape", () => gradients([x], [constant([1], [1])], [x])],
    ["a cotangent of integers", () => gradients([x], [whole], [x])],
    ["an output of integers", () => gradients([whole], [g], [x])],
    [
      "a pullback that gives another shape",
      () => gradients([customGradient(x, [y], () => [sum(x)])], [g], [y]),
    ],
    [
      "a pullback that gives fewer cotangents than inputs",
      () => gradients([customGradient(x, [y, x], (each) => [each])], [g], [y]),
    ],
  ])("%s", (_, action) => {
    expect(codeOf(action)).toBe("shape");
  });

  test("while a scalar loss gives the plain gradient", () => {
    const [found] = numbers(gradient(sum(square(sub(x, y))), [x]));
    expect(found).toEqual(near(fed("x").map((value, i) => 2 * (value - fed("y")[i]!))));
  });
});

test("a graph with an LSTM refuses to be trained, unless no gradient reaches it", () => {
  const [steps, w] = [input("steps", "float32", [3, 1, 2]), input("w", "float32", [1, 4, 2])];
  const [r, bias] = [input("r", "float32", [1, 4, 1]), input("bias", "float32", [1, 8])];
  const heard = lstm(steps, w, r, bias);
  const refused = () => gradient(sum(square(heard)), [w]);
  expect(refused).toThrow("a gradient through lstm");
  expect(gradient(sum(square(stopGradient(heard))), [w])[0]!.shape).toEqual(w.shape);
});
