import {
  apply,
  broadcastShape,
  type DType,
  type Op,
  requireType,
  shapeError,
  type Tensor,
} from "../tensor.js";
import { mul, sub } from "./elementwise.js";
import { sumTo } from "./reduce.js";
import { tensorOf } from "./source.js";

type None = Record<never, never>;

function comparison(name: string, type: string, dtypes: DType[]): Op<None> {
  return {
    name,
    infer(inputs) {
      requireType(name, inputs, ...dtypes);
      return [{ dtype: "bool", shape: broadcastShape(name, inputs[0]!, inputs[1]!) }];
    },
    emit: (emitter, inputs) => emitter.node(type, inputs),
    gradient: "none",
  };
}

const numbers: DType[] = ["float32", "int32", "int64"];
export const equalOp = comparison("equal", "Equal", [...numbers, "bool"]);
export const greaterOp = comparison("greater", "Greater", numbers);
export const greaterOrEqualOp = comparison("greaterOrEqual", "GreaterOrEqual", numbers);
export const lessOp = comparison("less", "Less", numbers);
export const lessOrEqualOp = comparison("lessOrEqual", "LessOrEqual", numbers);
export const andOp = comparison("and", "And", ["bool"]);
export const orOp = comparison("or", "Or", ["bool"]);

export const notOp: Op<None> = {
  name: "not",
  infer(inputs) {
    requireType("not", inputs, "bool");
    return [inputs[0]!];
  },
  emit: (emitter, inputs) => emitter.node("Not", inputs),
  gradient: "none",
};

export const whereOp: Op<None> = {
  name: "where",
  infer(inputs) {
    const [condition, a, b] = inputs as [Tensor, Tensor, Tensor];
    if (condition.dtype !== "bool") throw shapeError("where", inputs, "a bool condition first");
    requireType("where", [a, b], ...numbers, "bool");
    const branches = { dtype: a.dtype, shape: broadcastShape("where", a, b) };
    return [{ dtype: a.dtype, shape: broadcastShape("where", condition, branches) }];
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
/** a where the condition holds, else b; all three broadcast. */
export const where = (condition: Tensor, a: Operand, b: Operand): Tensor =>
  apply(whereOp, [condition, tensorOf(a), tensorOf(b)], {});
/** The same values in another type; floats truncate toward zero, bools are 0 and 1. */
export const cast = (x: Tensor, dtype: DType): Tensor => apply(castOp, [x], { dtype });
