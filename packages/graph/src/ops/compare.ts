import { binarySamples, bool, type Draw, halves, real, unarySamples, whole } from "../sample.js";
import {
  apply,
  broadcastShape,
  type DType,
  type Op,
  requireType,
  requireTypeOf,
  shapeError,
  type Tensor,
} from "../tensor.js";
import { mul, sub } from "./elementwise.js";
import { sumTo } from "./reduce.js";
import { tensorOf } from "./source.js";

type None = Record<never, never>;

function comparison(name: string, type: string, draws: readonly [Draw, ...Draw[]]): Op<None> {
  const dtypes = draws.map(({ dtype }) => dtype);
  const [first, ...others] = draws.map((draw): [Draw, Draw] => [draw, draw]);
  return {
    name,
    samples: binarySamples(first!, ...others),
    infer(inputs) {
      requireType(name, inputs, ...dtypes);
      return [{ dtype: "bool", shape: broadcastShape(name, inputs[0]!, inputs[1]!) }];
    },
    emit: (emitter, inputs) => emitter.node(type, inputs),
    gradient: "none",
  };
}

const numbers = [halves, whole("int32", -2, 2), whole("int64", -2, 2)] as const;
export const equalOp = comparison("equal", "Equal", [...numbers, bool]);
export const greaterOp = comparison("greater", "Greater", numbers);
export const greaterOrEqualOp = comparison("greaterOrEqual", "GreaterOrEqual", numbers);
export const lessOp = comparison("less", "Less", numbers);
export const lessOrEqualOp = comparison("lessOrEqual", "LessOrEqual", numbers);
export const andOp = comparison("and", "And", [bool]);
export const orOp = comparison("or", "Or", [bool]);

export const notOp: Op<None> = {
  name: "not",
  samples: unarySamples(bool),
  infer(inputs) {
    requireType("not", inputs, "bool");
    return [inputs[0]!];
  },
  emit: (emitter, inputs) => emitter.node("Not", inputs),
  gradient: "none",
};

export const whereOp: Op<None> = {
  name: "where",
  samples: [
    {
      shapes: [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      attributes: {},
      draws: [bool, real(), real()],
    },
    ...[
      [[3], [2, 3], [2, 1]],
      [[2, 1], [], [3]],
      [[], [2, 2], []],
    ].map((shapes) => ({ shapes, attributes: {}, draws: [bool, real(), real()] })),
    ...numbers.map((draw) => ({ shapes: [[4], [4], [1]], attributes: {}, draws: [bool, draw, draw] })),
  ],
  infer(inputs) {
    const [condition, a, b] = inputs as [Tensor, Tensor, Tensor];
    if (condition.dtype !== "bool") throw shapeError("where", inputs, "a bool condition first");
    requireTypeOf("where", inputs, [a, b], "float32", "int32", "int64"); // the engine has no Where of bools
    const branches = { dtype: a.dtype, shape: broadcastShape("where", a, b, inputs) };
    return [{ dtype: a.dtype, shape: broadcastShape("where", condition, branches, inputs) }];
  },
  emit: (emitter, inputs) => emitter.node("Where", inputs),
  gradient: ({ inputs: [condition, a, b] }, [g]) => {
    const mask = cast(condition!, "float32");
    return [undefined, sumTo(mul(g!, mask), a!.shape), sumTo(mul(g!, sub(1, mask)), b!.shape)];
  },
};

const codes: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

export const castOp: Op<{ dtype: DType }> = {
  name: "cast",
  samples: [
    { shapes: [[6]], attributes: { dtype: "float32" } },
    ...[halves, whole("int32", -2, 2), whole("int64", -2, 2), bool].flatMap((draw) =>
      (["float32", "int32", "int64", "bool"] as const).map((dtype) => ({
        shapes: [[3, 5]],
        attributes: { dtype },
        draws: [draw],
      })),
    ),
  ],
  infer: ([x], { dtype }) => [{ dtype, shape: x!.shape }],
  emit: (emitter, inputs, { attributes }) => emitter.node("Cast", inputs, { to: codes[attributes.dtype] }),
  gradient: ({ inputs: [x], attributes }, [g]) => [
    x!.dtype === "float32" && attributes.dtype === "float32" ? g : undefined,
  ],
};

type Operand = Tensor | number;
const both = (op: Op<None>, a: Operand, b: Operand) => apply(op, [tensorOf(a), tensorOf(b)], {});

/** a = b, elementwise, as bool. */
export const equal = (a: Operand, b: Operand): Tensor => both(equalOp, a, b);
/** a > b, elementwise, as bool. */
export const greater = (a: Operand, b: Operand): Tensor => both(greaterOp, a, b);
/** a >= b, elementwise, as bool. */
export const greaterOrEqual = (a: Operand, b: Operand): Tensor => both(greaterOrEqualOp, a, b);
/** a < b, elementwise, as bool. */
export const less = (a: Operand, b: Operand): Tensor => both(lessOp, a, b);
/** a <= b, elementwise, as bool. */
export const lessOrEqual = (a: Operand, b: Operand): Tensor => both(lessOrEqualOp, a, b);
/** Both of two bools. */
export const and = (a: Tensor, b: Tensor): Tensor => both(andOp, a, b);
/** One of two bools. */
export const or = (a: Tensor, b: Tensor): Tensor => both(orOp, a, b);
/** The other bool. */
export const not = (x: Tensor): Tensor => apply(notOp, [x], {});
/** a where the condition holds, else b; all three broadcast. Numbers alone: for bools there are `and` and `or`. */
export const where = (condition: Tensor, a: Operand, b: Operand): Tensor =>
  apply(whereOp, [condition, tensorOf(a), tensorOf(b)], {});
/** The same values in another type; floats truncate toward zero, bools are 0 and 1. */
export const cast = (x: Tensor, dtype: DType): Tensor => apply(castOp, [x], { dtype });
