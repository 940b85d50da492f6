import type { Samples } from "../sample.js";
import {
  apply,
  broadcastShape,
  type Op,
  requireType,
  type Shape,
  sameShape,
  shapeError,
  type Tensor,
} from "../tensor.js";
import { mul } from "./elementwise.js";
import { sumTo } from "./reduce.js";
import { reshape, transpose } from "./shape.js";

export const matmulOp: Op<Record<never, never>> = {
  name: "matmul",
  samples: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      attributes: {},
    },
    ...[
      [
        [2, 2, 3],
        [3, 4],
      ],
      [
        [2, 3],
        [2, 3, 4],
      ],
      [
        [2, 2, 3],
        [2, 3, 1],
      ],
      [
        [2, 1, 2, 3],
        [3, 3, 2],
      ],
      [
        [1, 2, 3],
        [4, 3, 2],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    ].map((shapes) => ({ shapes, attributes: {} })),
  ],
  infer(inputs) {
    requireType("matmul", inputs, "float32");
    const [a, b] = inputs as [Tensor, Tensor];
    const [ar, br] = [a.shape.length, b.shape.length];
    if (ar < 2 || br < 2 || a.shape[ar - 1] !== b.shape[br - 2]) {
      throw shapeError("matmul", inputs, "[..., M, K] and [..., K, N]");
    }
    const outer = broadcastShape("matmul", batchOf(a), batchOf(b), inputs);
    return [{ dtype: "float32", shape: [...outer, a.shape[ar - 2]!, b.shape[br - 1]!] }];
  },
  emit: (emitter, inputs) => emitter.node("MatMul", inputs),
  gradient: ({ inputs: [a, b] }, [g]) => [
    sumTo(matmul(g!, swapLast(b!)), a!.shape),
    b!.shape.length === 2 ? sharedGradient(a!, g!) : sumTo(matmul(swapLast(a!), g!), b!.shape),
  ],
};

// One large product instead of a batch of small ones and a sum.
function sharedGradient(a: Tensor, g: Tensor): Tensor {
  return gemm(reshape(a, [-1, a.shape.at(-1)!]), reshape(g, [-1, g.shape.at(-1)!]), { transA: true });
}

const batchOf = ({ dtype, shape }: Tensor): { dtype: Tensor["dtype"]; shape: Shape } => ({
  dtype,
  shape: shape.slice(0, -2),
});

function swapLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
}

type GemmAttributes = { alpha: number; beta: number; transA: boolean; transB: boolean };

function gemmSamples(): Samples<GemmAttributes> {
  const plain = { alpha: 1, beta: 1, transA: false, transB: false };
  const scaled = [false, true].flatMap((transA) =>
    [false, true].map((transB) => ({
      shapes: [transA ? [3, 2] : [2, 3], transB ? [4, 3] : [3, 4], [4]],
      attributes: { alpha: -1.5, beta: 0.5, transA, transB },
    })),
  );
  const biases = [[], [1], [2, 1], [1, 4], [2, 4]].map((bias) => ({
    shapes: [[2, 3], [3, 4], bias],
    attributes: plain,
  }));
  return [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      attributes: plain,
    },
    ...scaled,
    ...biases,
  ];
}

export const gemmOp: Op<GemmAttributes> = {
  name: "gemm",
  samples: gemmSamples(),
  infer(inputs, { transA, transB }) {
    requireType("gemm", inputs, "float32");
    const [a, b, bias] = inputs as [Tensor, Tensor, Tensor?];
    if (a.shape.length !== 2 || b.shape.length !== 2) throw shapeError("gemm", inputs, "matrices");
    const [m, k] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const [k2, n] = transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
    if (k !== k2) throw shapeError("gemm", inputs, `equal inner sizes instead of ${k} and ${k2}`);
    const product = { dtype: a.dtype, shape: [m, n] };
    if (bias && !sameShape(broadcastShape("gemm", product, bias, inputs), product.shape)) {
      throw shapeError("gemm", inputs, "a bias that broadcasts to the product");
    }
    return [product];
  },
  emit: (emitter, inputs, { attributes: { alpha, beta, transA, transB } }) =>
    emitter.node("Gemm", inputs, {
      alpha: { float: alpha },
      beta: { float: beta },
      transA: transA ? 1 : 0,
      transB: transB ? 1 : 0,
    }),
  gradient: ({ inputs: [a, b, bias], attributes: { alpha, beta, transA, transB } }, [g]) => [
    transA ? gemm(b!, g!, { alpha, transA: transB, transB: true }) : gemm(g!, b!, { alpha, transB: !transB }),
    transB ? gemm(g!, a!, { alpha, transA: true, transB: transA }) : gemm(a!, g!, { alpha, transA: !transA }),
    ...(bias ? [sumTo(beta === 1 ? g! : mul(g!, beta), bias.shape)] : []),
  ],
};

/** Matrix product over the last two axes; the axes before them broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return apply(matmulOp, [a, b], {});
}

/** alpha A' B' + beta bias, for matrices; A' is A or its transpose. */
export function gemm(
  a: Tensor,
  b: Tensor,
  options: { bias?: Tensor; alpha?: number; beta?: number; transA?: boolean; transB?: boolean } = {},
): Tensor {
  const { bias, alpha = 1, beta = 1, transA = false, transB = false } = options;
  return apply(gemmOp, bias ? [a, b, bias] : [a, b], { alpha, beta, transA, transB });
}
