import {
  abs,
  add,
  and,
  argMax,
  argMin,
  cast,
  ceil,
  clip,
  concat,
  constant,
  conv,
  convTranspose,
  cos,
  cumSum,
  div,
  equal,
  erf,
  exp,
  expand,
  floor,
  gather,
  gatherElements,
  gelu,
  gemm,
  gradients,
  greater,
  greaterOrEqual,
  input,
  inputName,
  layerNorm,
  less,
  lessOrEqual,
  log,
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
  sub,
  sum,
  type Tensor,
  tanh,
  transpose,
  where,
} from "@nacre/graph";

const x = input("x", "float32", [3, 4, 5]);
const y = input("y", "float32", [4, 5]);
const square = input("square", "float32", [5, 5]);
const image = input("image", "float32", [2, 4, 6, 7]);
const kernel = input("kernel", "float32", [6, 2, 3, 2]);
const line = input("line", "float32", [2, 4, 9]);
const taps = input("taps", "float32", [4, 1, 3]);
const back = input("back", "float32", [4, 3, 4]);
const five = input("five", "float32", [5]);

/** A graph that uses every operator that graphs emit, forms of a gradient among them. */
export function everyOp(): { inputs: Tensor[]; outputs: Record<string, Tensor> } {
  return {
    inputs: [x, y, square, image, kernel, line, taps, back, five],
    outputs: { ...elementwise(), ...compared(), ...reduced(), ...moved(), ...products() },
  };
}

/** Values between -1.5 and 1.5 for every input, apart from whole and half numbers. */
export function feedsOf(inputs: readonly Tensor[]): Record<string, { shape: number[]; data: Float32Array }> {
  return Object.fromEntries(
    inputs.map((tensor, which) => {
      const length = tensor.shape.reduce((a, b) => a * b, 1);
      const value = (_: unknown, i: number) => 1.5 * Math.sin(1.3 * i + 0.7 * which + 0.17);
      return [inputName(tensor), { shape: [...tensor.shape], data: Float32Array.from({ length }, value) }];
    }),
  );
}

function elementwise(): Record<string, Tensor> {
  const positive = add(abs(x), 0.1);
  const whole = constant([-7, -2, 3, 7], [4], "int64");
  return {
    ...{ add: add(x, y), sub: sub(x, 2), mul: mul(x, y), div: div(x, add(abs(y), 1)) },
    ...{ quotient: div(whole, constant([2, 2, 2, -2], [4], "int64")) },
    ...{ remainder: mod(whole, constant([4, 4, 4, -4], [4], "int64")) },
    ...{ min: min(x, y), max: max(x, y), pow: pow(positive, y), neg: neg(x), exp: exp(x) },
    ...{
      log: log(positive),
      sqrt: sqrt(positive),
      reciprocal: reciprocal(positive),
      sin: sin(x),
      cos: cos(x),
    },
    ...{ tanh: tanh(x), sigmoid: sigmoid(x), erf: erf(x), relu: relu(x), gelu: gelu(x), sign: sign(x) },
    ...{ floor: floor(mul(x, 3)), ceil: ceil(mul(x, 3)), clip: clip(x, -0.5, 0.7) },
    // Halves go to the even neighbour.
    ...{ round: round(add(constant([0.5, 1.5, 2.5, -0.5, 0.2], [5]), mul(five, 0))) },
  };
}

function compared(): Record<string, Tensor> {
  const [more, less_] = [greater(x, y), less(x, 0.3)];
  return {
    ...{ greater: more, less: less_, greaterOrEqual: greaterOrEqual(x, y), lessOrEqual: lessOrEqual(x, y) },
    ...{ equal: equal(sign(x), sign(y)), and: and(more, less_), or: or(more, less_), not: not(more) },
    ...{ where: where(more, x, 0), cast: cast(mul(x, 4), "int64"), truth: cast(more, "float32") },
  };
}

function reduced(): Record<string, Tensor> {
  return {
    ...{ sum: sum(x), sums: sum(x, [0, 2]), kept: sum(x, [1], true), mean: mean(x, [2]) },
    ...{ largest: reduceMax(x, [1]), smallest: reduceMin(x, [0, 1], true) },
    ...{
      argMin: argMin(x, 2),
      argMax: argMax(x, 1),
      cumSum: cumSum(x, 1),
      reverse: gradients([cumSum(x, 2)], [x], [x])[0]!,
    },
    ...{ softmax: softmax(x, 1), layerNorm: layerNorm(x, five, five, 1e-5) },
  };
}

function moved(): Record<string, Tensor> {
  const [head, tail] = split(x, [1, 3], 1);
  const places = constant([2, 0, 2, -1], [2, 2], "int64");
  const rows = constant([1, 3, 1], [3], "int64");
  const index = constant([0, 3, 2, 2, 1, 0, 3, 3, 1, 2], [2, 5], "int64");
  return {
    ...{ reshape: reshape(x, [5, 12]), transpose: transpose(x, [2, 0, 1]), concat: concat([x, tail!], 1) },
    ...{ head: mul(head!, 1), tail: mul(tail!, 1), expand: mul(expand(five, [2, 4, 5]), 1) },
    ...{ slice: slice(x, 2, 1, 4), strided: slice(x, 1, 1, 4, 2), flipped: slice(x, 2, 4, -6, -1) },
    ...{ skipped: slice(x, 2, 4, -6, -2), shorter: slice(x, 2, 3, 0, -2) },
    ...{
      pad: pad(x, [
        [1, 0],
        [0, 2],
        [2, 1],
      ]),
      cut: pad(
        x,
        [
          [0, 0],
          [-1, 2],
          [1, -2],
        ],
        { value: 3 },
      ),
    },
    ...{ gather: gather(x, places, 1), elements: gatherElements(y, index, 0) },
    ...{ rows: scatterAddRows(y, rows, reshape(head!, [3, 5])) },
    ...{ spread: scatterAddElements(y, index, slice(y, 0, 1, 3), 0) },
  };
}

function products(): Record<string, Tensor> {
  return {
    ...{ matmul: matmul(x, square), batched: matmul(x, transpose(x, [0, 2, 1])) },
    ...{ gemm: gemm(y, square), scaled: gemm(square, y, { alpha: -2, transA: true, transB: true }) },
    ...{ biased: gemm(y, square, { bias: five, beta: 0.5 }) },
    ...{
      conv: conv(image, kernel, {
        strides: [2, 1],
        dilations: [1, 2],
        groups: 2,
        pads: [
          [1, 0],
          [0, 2],
        ],
      }),
    },
    ...{ depthwise: conv(line, taps, { groups: 4, pads: [[2, 0]] }) },
    ...{ transposed: convTranspose(line, back, { strides: [2], pads: [[1, 0]], outputPadding: [1] }) },
  };
}
