import { isNacreError, type NacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import {
  abs,
  add,
  and,
  argMax,
  argMin,
  ceil,
  clip,
  concat,
  constant,
  conv,
  convTranspose,
  cos,
  cumSum,
  customGradient,
  div,
  elu,
  equal,
  erf,
  exp,
  expand,
  fill,
  floor,
  gather,
  gatherElements,
  gelu,
  gemm,
  gradients,
  greater,
  greaterOrEqual,
  input,
  layerNorm,
  less,
  lessOrEqual,
  log,
  lstm,
  matmul,
  max,
  mean,
  min,
  mod,
  mul,
  neg,
  not,
  or,
  pad,
  pow,
  reciprocal,
  reduceMax,
  reduceMin,
  relu,
  reshape,
  round,
  scatterAddElements,
  scatterAddRows,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  type Tensor,
  tanh,
  tile,
  transpose,
  unsqueeze,
  where,
} from "../index.js";
import { type DType, show } from "../tensor.js";
import { ops } from "./index.js";

const of =
  (dtype: DType) =>
  (...shape: number[]) =>
    input("x", dtype, shape);
const [f, i, l, b] = [of("float32"), of("int32"), of("int64"), of("bool")] as const;

type Row = [op: string, inputs: readonly Tensor[], build: (...inputs: [Tensor, Tensor, Tensor]) => unknown];

const numbers = { sub, mul, div, min, max, greater, greaterOrEqual, less, lessOrEqual };
const floats = {
  exp,
  log,
  sqrt,
  reciprocal,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  relu,
  elu,
  gelu,
  floor,
  ceil,
  round,
};

/** The one op of four tensors. */
const recurrent = (...given: Tensor[]) => lstm(...(given as [Tensor, Tensor, Tensor, Tensor]));

const refused: Row[] = [
  ...Object.entries({ add, equal, ...numbers }).flatMap(([name, op]): Row[] => [
    [name, [f(2, 3), f(2)], op],
    [name, [f(2), i(2)], op],
  ]),
  ...Object.entries(numbers).map(([name, op]): Row => [name, [b(2), b(2)], op]),
  ...Object.entries(floats).map(([name, op]): Row => [name, [i(2)], op]),
  ...Object.entries({ abs, neg, sign }).map(([name, op]): Row => [name, [b(2, 2)], op]),
  ["pow", [i(2), i(2)], pow],
  ["pow", [f(2), f(3)], pow],
  ["mod", [f(2), f(2)], mod],
  ["clip", [i(3)], (x) => clip(x, 0, 1)],
  ["and", [f(2), f(2)], and],
  ["or", [b(2), b(3)], or],
  ["not", [i(2)], not],
  ["where", [f(2), f(2), f(2)], where],
  ["where", [b(2), b(2), b(2)], where],
  ["where", [b(2), f(2), i(2)], where],
  ["where", [b(2), f(3), f(1)], where],
  ["where", [b(1), f(2), f(3)], where],
  ["sum", [b(2, 3)], (x) => sum(x)],
  ["sum", [f(2, 3)], (x) => sum(x, [2])],
  ["sum", [f(2, 3)], (x) => sum(x, [0.5])],
  ["sum", [f(2, 3)], (x) => sum(x, [0, -2])],
  ["mean", [l(2, 3)], (x) => mean(x)],
  ["reduceMax", [f(2)], (x) => reduceMax(x, [-2])],
  ["reduceMin", [f(2, 2)], (x) => reduceMin(x, [1, 1])],
  ["argMax", [b(2)], (x) => argMax(x, 0)],
  ["argMin", [f(2)], (x) => argMin(x, 1)],
  ["cumSum", [i(2)], (x) => cumSum(x, 0)],
  ["softmax", [f()], (x) => softmax(x, 0)],
  ["softmax", [i(2)], (x) => softmax(x, 0)],
  ["layerNorm", [f(2, 3), f(2), f(3)], layerNorm],
  ["layerNorm", [f(2, 3), f(3), f(1, 3)], layerNorm],
  ["layerNorm", [f(), f(1), f(1)], layerNorm],
  ["reshape", [f(2, 3)], (x) => reshape(x, [4])],
  ["reshape", [f(2, 3)], (x) => reshape(x, [-1, 4])],
  ["reshape", [f(2, 3)], (x) => reshape(x, [-1, -1])],
  ["reshape", [f(2, 3)], (x) => reshape(x, [-2, -3])],
  ["transpose", [f(2, 3)], (x) => transpose(x, [0])],
  ["transpose", [f(2, 3)], (x) => transpose(x, [1, 1])],
  ["concat", [f(2, 3), f(3, 3)], (...xs) => concat(xs, 1)],
  ["concat", [f(2), i(2)], (...xs) => concat(xs, 0)],
  ["concat", [f(2), f(2, 1)], (...xs) => concat(xs, 0)],
  ["concat", [f(2)], (x) => concat([x, x], 1)],
  ["concat", [], () => concat([], 0)],
  ["split", [f(5)], (x) => split(x, [2, 2], 0)],
  ["split", [f(5)], (x) => split(x, [5, 0], 0)],
  ["split", [f(5)], (x) => split(x, [], 0)],
  ["expand", [f(2, 3)], (x) => expand(x, [4, 3])],
  ["expand", [f(2, 3)], (x) => expand(x, [3])],
  ["squeeze", [f(2, 1)], (x) => squeeze(x, [0])],
  ["unsqueeze", [f(2)], (x) => unsqueeze(x, [2])],
  ["unsqueeze", [f(2)], (x) => unsqueeze(x, [0, 0])],
  ["tile", [f(2)], (x) => tile(x, [0])],
  ["tile", [f(2)], (x) => tile(x, [1, 2])],
  ["slice", [f(5)], (x) => slice(x, 0, 3, 3)],
  ["slice", [f(5)], (x) => slice(x, 0, 0, 5, 0)],
  ["slice", [f(5)], (x) => slice(x, 0, 0.5, 3)],
  ["slice", [f(5)], (x) => slice(x, 1, 0, 3)],
  ["pad", [f(2, 3)], (x) => pad(x, [[1, 1]])],
  ["pad", [i(2)], (x) => pad(x, [[1, 1]])],
  ["pad", [f(3)], (x) => pad(x, [[-1, -2]])],
  ["pad", [f(3)], (x) => pad(x, [[-4, 4]])],
  ["pad", [f(3)], (x) => pad(x, [[0.5, 0.5]])],
  ["pad", [f(3)], (x) => pad(x, [[3, 0]], { mode: "reflect" })],
  ["pad", [f(3)], (x) => pad(x, [[-1, 0]], { mode: "edge" })],
  ["gather", [f(3), f(2)], (x, at) => gather(x, at, 0)],
  ["gather", [f(3)], (x) => gather(x, l(2), 1)],
  ["gatherElements", [f(3, 2), l(3)], (x, at) => gatherElements(x, at, 0)],
  ["gatherElements", [f(3, 2), l(5, 3)], (x, at) => gatherElements(x, at, 0)],
  ["scatterAddRows", [f(3, 2), l(4), f(4, 3)], scatterAddRows],
  ["scatterAddRows", [f(3, 2), i(4), f(4, 2)], scatterAddRows],
  ["scatterAddRows", [f(3, 2), l(4, 1), f(4, 2)], scatterAddRows],
  ["scatterAddElements", [f(3), l(2), f(3)], (x, at, y) => scatterAddElements(x, at, y, 0)],
  ["scatterAddElements", [f(3, 1), l(2, 2), f(2, 2)], (x, at, y) => scatterAddElements(x, at, y, 0)],
  ["scatterAddElements", [f(3), l(3), i(3)], (x, at, y) => scatterAddElements(x, at, y, 0)],
  ["matmul", [f(2, 3), f(2, 3)], matmul],
  ["matmul", [f(3), f(3, 2)], matmul],
  ["matmul", [f(2, 2, 3), f(3, 3, 2)], matmul],
  ["matmul", [i(2, 2), i(2, 2)], matmul],
  ["gemm", [f(2, 3), f(2, 3)], (x, y) => gemm(x, y)],
  ["gemm", [f(1, 2, 3), f(3, 2)], (x, y) => gemm(x, y)],
  ["gemm", [f(2, 3), f(3, 4), f(3)], (x, y, bias) => gemm(x, y, { bias })],
  ["gemm", [f(1, 3), f(3, 4), f(2, 4)], (x, y, bias) => gemm(x, y, { bias })],
  ...convolutions("conv", conv, [f(1, 4, 8), f(2, 4, 3)]),
  ["conv", [f(1, 4, 2), f(2, 4, 3)], (x, w) => conv(x, w)],
  ["conv", [f(1, 4, 8), f(3, 2, 3)], (x, w) => conv(x, w, { groups: 2 })],
  ...convolutions("convTranspose", convTranspose, [f(1, 4, 8), f(4, 2, 3)]),
  ["convTranspose", [f(1, 4, 8), f(4, 2, 3)], (x, w) => convTranspose(x, w, { outputPadding: [1] })],
  ["convTranspose", [f(1, 4, 8), f(4, 2, 3)], (x, w) => convTranspose(x, w, { outputPadding: [0, 0] })],
  ["convTranspose", [f(1, 4, 1), f(4, 2, 2)], (x, w) => convTranspose(x, w, { pads: [[1, 1]] })],
  ["lstm", [f(4, 3), f(1, 8, 3), f(1, 8, 2), f(1, 16)], recurrent],
  ["lstm", [f(4, 1, 3), f(1, 8, 2), f(1, 8, 2), f(1, 16)], recurrent],
  ["lstm", [f(4, 1, 3), f(1, 8, 3), f(1, 8, 3), f(1, 16)], recurrent],
  ["lstm", [f(4, 1, 3), f(1, 8, 3), f(1, 8, 2), f(1, 8)], recurrent],
  ["customGradient", [f(2)], (x) => gradients([customGradient(x, [x], () => [])], [x], [x])],
  ["input", [], () => input("x", "float32", [2, 0])],
  ["fill", [], () => fill(1, [-1])],
  ["fill", [], () => fill(1, [1.5])],
];

/** What neither direction of a convolution takes, from a pair that it does take. */
function convolutions(name: string, op: typeof conv, [x, w]: [Tensor, Tensor]): Row[] {
  return [
    [name, [f(1, 3, 8), w], (a, k) => op(a, k)],
    [name, [x, f(2, 4, 3, 1)], (a, k) => op(a, k)],
    [name, [f(1, 4), f(2, 4)], (a, k) => op(a, k)],
    [name, [i(1, 4, 8), w], (a, k) => op(a, k)],
    [name, [x, w, f(3)], (a, k, bias) => op(a, k, { bias })],
    [name, [x, w, f(1, 2)], (a, k, bias) => op(a, k, { bias })],
    [name, [x, w], (a, k) => op(a, k, { groups: 3 })],
    [name, [x, w], (a, k) => op(a, k, { groups: 0 })],
    [name, [x, w], (a, k) => op(a, k, { strides: [1, 1] })],
    [name, [x, w], (a, k) => op(a, k, { strides: [0] })],
    [name, [x, w], (a, k) => op(a, k, { dilations: [1.5] })],
    [name, [x, w], (a, k) => op(a, k, { pads: [[-1, 0]] })],
    [name, [x, w], (a, k) => op(a, k, { pads: [[0.5, 0.5]] })],
  ];
}

function failure(action: () => unknown): NacreError | undefined {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error;
    throw error;
  }
  return undefined;
}

describe("while the graph is built", () => {
  test.each(refused.map(([op, inputs, build]) => [op, inputs.map(show).join(", "), inputs, build] as const))(
    "%s refuses (%s) and says so",
    (op, _, inputs, build) => {
      const error = failure(() => build(...(inputs as [Tensor, Tensor, Tensor])));
      expect(error?.code).toBe("shape");
      expect(error?.message).toContain(`${op}(`);
      for (const shape of inputs.map(show)) expect(error?.message).toContain(shape);
    },
  );

  test("every op but those that take anything has a row above", () => {
    const takesAnything = ["cast", "stopGradient"];
    const elsewhere = ["constant"];
    const rows = new Set(refused.map(([op]) => op));
    const missing = ops.map(({ name }) => name).filter((name) => !rows.has(name));
    expect(missing.toSorted()).toEqual([...takesAnything, ...elsewhere].toSorted());
  });

  test("a constant of another length or type than its data is refused", () => {
    expect(failure(() => constant([1, 2, 3], [2, 2]))?.message).toMatch(/3 elements.*\[2, 2\]/);
    expect(failure(() => constant(Float32Array.of(1), [1], "int32"))?.code).toBe("shape");
  });

  test("a clip that leaves nothing is refused", () => {
    expect(failure(() => clip(f(2), 1, 0))?.code).toBe("option");
  });
});
