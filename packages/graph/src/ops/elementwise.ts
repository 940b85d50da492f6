import { NacreError } from "@nacre/errors";
import { binarySamples, type Draw, halves, real, type Samples, unarySamples, whole } from "../sample.js";
import { apply, broadcastShape, type DType, type Op, requireType, type Tensor } from "../tensor.js";
import { cast, equal, greaterOrEqual } from "./compare.js";
import { sumTo } from "./reduce.js";
import { tensorOf } from "./source.js";

type None = Record<never, never>;
type BinaryGradient = (a: Tensor, b: Tensor, y: Tensor, g: Tensor) => [Tensor, Tensor];

function binary(
  name: string,
  type: string,
  gradient: BinaryGradient | "none",
  samples: Samples<None> = anyNumbers,
  dtypes: DType[] = numbers,
): Op<None> {
  return {
    name,
    samples,
    infer(inputs) {
      requireType(name, inputs, ...dtypes);
      return [{ dtype: inputs[0]!.dtype, shape: broadcastShape(name, inputs[0]!, inputs[1]!) }];
    },
    emit: (emitter, inputs) => emitter.node(type, inputs),
    gradient:
      gradient === "none"
        ? "none"
        : ({ inputs: [a, b], outputs: [y] }, [g]) => {
            const [ga, gb] = gradient(a!, b!, y!, g!);
            return [sumTo(ga, a!.shape), sumTo(gb, b!.shape)];
          },
  };
}

const numbers: DType[] = ["float32", "int32", "int64"];
const ints = whole("int32", -6, 6);
const longs = whole("int64", -6, 6);
const anyNumbers = binarySamples([real(), real()], [ints, ints], [longs, longs]);
const apartFromZero = binarySamples(
  [real(), real(0.5, 2)],
  [real(), real(-2, -0.5)],
  [ints, whole("int32", 1, 4)],
  [longs, whole("int64", -4, -1)],
);
const powers = binarySamples([real(0.5, 2), real()]);
const moduli = binarySamples([longs, whole("int64", 2, 5)], [ints, whole("int32", -5, -2)]);

// Ties of min and max: the whole gradient goes to the first operand.
export const addOp = binary("add", "Add", (_a, _b, _y, g) => [g, g]);
export const subOp = binary("sub", "Sub", (_a, _b, _y, g) => [g, neg(g)]);
export const mulOp = binary("mul", "Mul", (a, b, _y, g) => [mul(g, b), mul(g, a)]);
export const divOp = binary(
  "div",
  "Div",
  (_a, b, y, g) => [div(g, b), neg(div(mul(g, y), b))],
  apartFromZero,
);
export const powOp = binary(
  "pow",
  "Pow",
  (a, b, y, g) => [mul(g, mul(b, pow(a, sub(b, 1)))), mul(g, mul(y, log(a)))],
  powers,
  ["float32"],
);
export const minOp = binary("min", "Min", (a, b, _y, g) => routed(greaterOrEqual(b, a), g));
export const maxOp = binary("max", "Max", (a, b, _y, g) => routed(greaterOrEqual(a, b), g));
export const modOp = binary("mod", "Mod", "none", moduli, ["int32", "int64"]);

function routed(first: Tensor, g: Tensor): [Tensor, Tensor] {
  const mask = cast(first, "float32");
  return [mul(g, mask), mul(g, sub(1, mask))];
}

type UnaryGradient = (x: Tensor, y: Tensor, g: Tensor) => Tensor;

function unary(
  name: string,
  type: string,
  gradient: UnaryGradient | "none",
  draws: readonly [Draw, ...Draw[]] = [real()],
): Op<None> {
  const dtypes = draws.map(({ dtype }) => dtype);
  return {
    name,
    samples: unarySamples(...draws),
    infer(inputs) {
      requireType(name, inputs, ...dtypes);
      return [inputs[0]!];
    },
    emit: (emitter, inputs) => emitter.node(type, inputs),
    gradient: gradient === "none" ? "none" : ({ inputs: [x], outputs: [y] }, [g]) => [gradient(x!, y!, g!)],
  };
}

const eachNumber = [real(), ints, longs] as const;
const positive = [real(0.25, 4)] as const;

export const negOp = unary("neg", "Neg", (_x, _y, g) => neg(g), eachNumber);
// Mul and Clip run on all threads and cost a seventh of Sign and Where.
export const absOp = unary("abs", "Abs", (x, _y, g) => mul(g, clip(mul(x, 1e30), -1, 1)), eachNumber);
export const expOp = unary("exp", "Exp", (_x, y, g) => mul(g, y));
export const logOp = unary("log", "Log", (x, _y, g) => div(g, x), positive);
export const sqrtOp = unary("sqrt", "Sqrt", (_x, y, g) => div(mul(g, 0.5), y), positive);
export const reciprocalOp = unary("reciprocal", "Reciprocal", (_x, y, g) => neg(mul(g, square(y))), positive);
export const sinOp = unary("sin", "Sin", (x, _y, g) => mul(g, cos(x)));
export const cosOp = unary("cos", "Cos", (x, _y, g) => neg(mul(g, sin(x))));
export const tanhOp = unary("tanh", "Tanh", (_x, y, g) => mul(g, sub(1, square(y))));
export const sigmoidOp = unary("sigmoid", "Sigmoid", (_x, y, g) => mul(g, mul(y, sub(1, y))));
export const erfOp = unary("erf", "Erf", (x, _y, g) =>
  mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
);
export const reluOp = unary("relu", "Relu", (_x, y, g) => mul(g, clip(mul(y, 1e30), 0, 1)));
// x > 0: 1; below: e^x, which is y + 1.
export const eluOp = unary("elu", "Elu", (_x, y, g) => mul(g, add(min(y, 0), 1)));
export const geluOp = unary("gelu", "Gelu", (x, _y, g) => mul(g, geluSlope(x)));
export const signOp = unary("sign", "Sign", "none", eachNumber);
export const floorOp = unary("floor", "Floor", "none", [real(), halves]);
export const ceilOp = unary("ceil", "Ceil", "none", [real(), halves]);
export const roundOp = unary("round", "Round", "none", [real(), halves]);

function geluSlope(x: Tensor): Tensor {
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5), mul(x, density));
}

export const clipOp: Op<{ low: number; high: number }> = {
  name: "clip",
  samples: [
    { shapes: [[3, 4]], attributes: { low: -1, high: 0.5 } },
    { shapes: [[]], attributes: { low: 0, high: 0 } },
  ],
  infer(inputs, { low, high }) {
    requireType("clip", inputs, "float32");
    if (!(low <= high)) {
      throw new NacreError("option", { found: `clip to [${low}, ${high}]`, expected: "low <= high" });
    }
    return [inputs[0]!];
  },
  emit: (emitter, inputs, { attributes: { low, high } }) =>
    emitter.node("Clip", [
      inputs[0]!,
      emitter.constant("float32", [], Float32Array.of(low)),
      emitter.constant("float32", [], Float32Array.of(high)),
    ]),
  gradient: ({ inputs: [x], outputs: [y] }, [g]) => [mul(g!, cast(equal(x!, y!), "float32"))],
};

type Operand = Tensor | number;
const both = (op: Op<None>, a: Operand, b: Operand) => apply(op, [tensorOf(a), tensorOf(b)], {});

/** a + b, broadcast. */
export const add = (a: Operand, b: Operand): Tensor => both(addOp, a, b);
/** a - b, broadcast. */
export const sub = (a: Operand, b: Operand): Tensor => both(subOp, a, b);
/** a b, broadcast. */
export const mul = (a: Operand, b: Operand): Tensor => both(mulOp, a, b);
/** a / b, broadcast; integers truncate. */
export const div = (a: Operand, b: Operand): Tensor => both(divOp, a, b);
/** a to the power b, broadcast; a > 0 wherever the gradient of b is asked for. */
export const pow = (a: Operand, b: Operand): Tensor => both(powOp, a, b);
/** The smaller of the two, broadcast. */
export const min = (a: Operand, b: Operand): Tensor => both(minOp, a, b);
/** The larger of the two, broadcast. */
export const max = (a: Operand, b: Operand): Tensor => both(maxOp, a, b);
/** Remainder of integers with the sign of b, broadcast. */
export const mod = (a: Tensor, b: Tensor): Tensor => both(modOp, a, b);
/** -x. */
export const neg = (x: Tensor): Tensor => apply(negOp, [x], {});
/** |x|; gradient 0 at 0. */
export const abs = (x: Tensor): Tensor => apply(absOp, [x], {});
/** e to the x. */
export const exp = (x: Tensor): Tensor => apply(expOp, [x], {});
/** Natural logarithm. */
export const log = (x: Tensor): Tensor => apply(logOp, [x], {});
/** Square root. */
export const sqrt = (x: Tensor): Tensor => apply(sqrtOp, [x], {});
/** 1 / x. */
export const reciprocal = (x: Tensor): Tensor => apply(reciprocalOp, [x], {});
/** Sine, radians. */
export const sin = (x: Tensor): Tensor => apply(sinOp, [x], {});
/** Cosine, radians. */
export const cos = (x: Tensor): Tensor => apply(cosOp, [x], {});
/** Hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => apply(tanhOp, [x], {});
/** 1 / (1 + e^-x). */
export const sigmoid = (x: Tensor): Tensor => apply(sigmoidOp, [x], {});
/** The error function. */
export const erf = (x: Tensor): Tensor => apply(erfOp, [x], {});
/** max(x, 0); gradient 0 at 0. */
export const relu = (x: Tensor): Tensor => apply(reluOp, [x], {});
/** x where x > 0, e^x - 1 below (Clevert et al. 2016); gradient 1 at 0. */
export const elu = (x: Tensor): Tensor => apply(eluOp, [x], {});
/** x times the normal distribution function of x (Hendrycks & Gimpel 2016), exact form. */
export const gelu = (x: Tensor): Tensor => apply(geluOp, [x], {});
/** x sigmoid(x). */
export const silu = (x: Tensor): Tensor => mul(x, sigmoid(x));
/**
 * x + sin(a x)^2 / a, broadcast: Snake (Ziyin et al. 2020, arXiv 2006.08195, equation 3). `alpha` is a, at least 0;
 * as in the codecs that use it, 1e-9 is added where it divides, so that 0 gives x.
 */
export const snake = (x: Tensor, alpha: Tensor): Tensor =>
  add(x, mul(reciprocal(add(alpha, 1e-9)), square(sin(mul(alpha, x)))));
/** -1, 0 or 1; no gradient. */
export const sign = (x: Tensor): Tensor => apply(signOp, [x], {});
/** x x. */
export const square = (x: Tensor): Tensor => mul(x, x);
/** Largest integer <= x; no gradient. */
export const floor = (x: Tensor): Tensor => apply(floorOp, [x], {});
/** Smallest integer >= x; no gradient. */
export const ceil = (x: Tensor): Tensor => apply(ceilOp, [x], {});
/** Nearest integer, halves to even; no gradient. */
export const round = (x: Tensor): Tensor => apply(roundOp, [x], {});
/** x kept within [low, high]; gradient 1 inside and on the bounds, 0 outside. */
export const clip = (x: Tensor, low: number, high: number): Tensor => apply(clipOp, [x], { low, high });
