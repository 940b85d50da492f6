import { real } from "../sample.js";
import {
  apply,
  applyAll,
  axisOf,
  type Op,
  requireType,
  sameShape,
  shapeError,
  type Tensor,
} from "../tensor.js";
import { add, exp, log, mul, square, sub } from "./elementwise.js";
import { stopGradient } from "./gradient-ops.js";
import { mean, reduceMax, sum, sumTo } from "./reduce.js";
import { expand, reshape } from "./shape.js";

export const softmaxOp: Op<{ axis: number }> = {
  name: "softmax",
  samples: [
    { shapes: [[2, 3, 4]], attributes: { axis: 0 } },
    { shapes: [[2, 3, 4]], attributes: { axis: 1 } },
    { shapes: [[2, 4]], attributes: { axis: 1 }, draws: [real(100, 103)] },
    { shapes: [[5]], attributes: { axis: 0 } },
  ],
  infer(inputs) {
    requireType("softmax", inputs, "float32");
    return [inputs[0]!];
  },
  emit: (emitter, inputs, { attributes }) => emitter.node("Softmax", inputs, { axis: attributes.axis }),
  gradient: ({ outputs: [y], attributes: { axis } }, [g]) => [
    mul(y!, sub(g!, sum(mul(g!, y!), [axis], true))),
  ],
};

// The second and third outputs, mean and 1 / deviation, serve the gradient alone.
export const layerNormOp: Op<{ epsilon: number }> = {
  name: "layerNorm",
  samples: [
    { shapes: [[2, 5], [5], [5]], attributes: { epsilon: 1e-5 } },
    { shapes: [[2, 2, 4], [4], [4]], attributes: { epsilon: 0.1 } },
    { shapes: [[6], [6], [6]], attributes: { epsilon: 1e-3 } },
  ],
  infer(inputs) {
    requireType("layerNorm", inputs, "float32");
    const [x, scale, bias] = inputs as [Tensor, Tensor, Tensor];
    const wanted = [x.shape.at(-1)!];
    if (!sameShape(scale.shape, wanted) || !sameShape(bias.shape, wanted)) {
      throw shapeError("layerNorm", inputs, "scale and bias of the last axis' size");
    }
    const statistics = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] };
    return [x, statistics, statistics];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("LayerNormalization", inputs, { axis: -1, epsilon: { float: attributes.epsilon } }, 3),
  gradient: ({ inputs: [x, scale, bias], outputs: [, center, inverse] }, [g, ofCenter, ofInverse]) => {
    const normal = mul(sub(x!, center!), inverse!);
    const fromStatistics = statisticsGradient(normal, inverse!, ofCenter, ofInverse);
    if (!g) return [fromStatistics, undefined, undefined];
    const scaled = mul(g, scale!);
    const last = x!.shape.length - 1;
    const shared = add(mean(scaled, [last], true), mul(normal, mean(mul(scaled, normal), [last], true)));
    const ofX = mul(inverse!, sub(scaled, shared));
    return [
      fromStatistics ? add(ofX, fromStatistics) : ofX,
      sumTo(mul(g, normal), scale!.shape),
      sumTo(g, bias!.shape),
    ];
  },
};

// Gradients of gradients read the statistics: d mean/dx = 1/n, d inverse/dx = -inverse^2 normal/n.
function statisticsGradient(
  normal: Tensor,
  inverse: Tensor,
  ofCenter: Tensor | undefined,
  ofInverse: Tensor | undefined,
): Tensor | undefined {
  const share = 1 / normal.shape.at(-1)!;
  const fromCenter = ofCenter && expand(mul(ofCenter, share), normal.shape);
  const fromInverse = ofInverse && mul(mul(normal, mul(ofInverse, square(inverse))), -share);
  return fromCenter && fromInverse ? add(fromCenter, fromInverse) : (fromCenter ?? fromInverse);
}

/** e^x over its sum along an axis. */
export function softmax(x: Tensor, axis: number): Tensor {
  return apply(softmaxOp, [x], { axis: axisOf("softmax", x, axis) });
}

/** log of the sum of e^x over the given axes (all by default), without overflow. */
export function logSumExp(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): Tensor {
  const peak = stopGradient(reduceMax(x, axes, true));
  const total = log(sum(exp(sub(x, peak)), axes));
  return add(total, reshape(peak, total.shape));
}

/** (x - mean) / sqrt(variance + epsilon) over the last axis, times scale, plus bias (Ba et al. 2016). */
export function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  return applyAll(layerNormOp, [x, scale, bias], { epsilon })[0]!;
}
