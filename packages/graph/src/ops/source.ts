import { NacreError } from "@nacre/errors";
import type { ConstantData } from "../onnx/emitter.js";
import { apply, type DType, type Op, type Shape, sizeOf, type Tensor } from "../tensor.js";

type InputAttributes = { name: string; dtype: DType; shape: Shape };
type ConstantAttributes = { dtype: DType; shape: Shape; data: ConstantData };
type FillAttributes = { value: number; shape: Shape };

export const inputOp: Op<InputAttributes> = {
  name: "input",
  samples: [{ shapes: [], attributes: { name: "fed", dtype: "float32", shape: [2, 3] } }],
  infer: (_, { dtype, shape }) => [{ dtype, shape }],
  emit: (_emitter, _inputs, { attributes }) => [attributes.name],
  gradient: "none",
};

export const constantOp: Op<ConstantAttributes> = {
  name: "constant",
  samples: [
    { shapes: [], attributes: { dtype: "float32", shape: [3], data: Float32Array.of(-0, 1.5, 1e30) } },
    { shapes: [], attributes: { dtype: "int32", shape: [1, 2], data: Int32Array.of(-(2 ** 31), 7) } },
    { shapes: [], attributes: { dtype: "int64", shape: [], data: BigInt64Array.of(-(2n ** 40n)) } },
    { shapes: [], attributes: { dtype: "bool", shape: [2, 1], data: Uint8Array.of(1, 0) } },
  ],
  infer: (_, { dtype, shape }) => [{ dtype, shape }],
  emit: (emitter, _, { attributes: { dtype, shape, data } }) => [emitter.constant(dtype, shape, data)],
  gradient: "none",
};

export const fillOp: Op<FillAttributes> = {
  name: "fill",
  samples: [
    { shapes: [], attributes: { value: 0.25, shape: [2, 3] } },
    { shapes: [], attributes: { value: -3, shape: [] } },
  ],
  infer: (_, { shape }) => [{ dtype: "float32", shape }],
  emit: (emitter, _, { attributes: { value, shape } }) =>
    emitter.node("Expand", [
      emitter.constant("float32", [], Float32Array.of(value)),
      emitter.integers(shape),
    ]),
  gradient: "none",
};

/** A value that is fed at run time, by this name. */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  return apply(inputOp, [], { name, dtype, shape });
}

/**
 * A value known when the graph is built.
 *
 * data   row-major; plain number lists become float32 unless `dtype` says otherwise
 * shape  its product is data.length
 * throws NacreError "shape" when it is not, or when `dtype` is not that of the typed array
 */
export function constant(data: ConstantData | readonly number[], shape: Shape, dtype?: DType): Tensor {
  const typed = ArrayBuffer.isView(data) ? data : typedArray(data as readonly number[], dtype ?? "float32");
  const type = dtype ?? typeOf(typed);
  if (type !== typeOf(typed)) {
    throw new NacreError("shape", {
      found: `constant of ${type} from a ${typed.constructor.name}`,
      expected: `an array of ${type} elements`,
    });
  }
  if (typed.length !== sizeOf(shape)) {
    throw new NacreError("shape", {
      found: `constant of ${typed.length} elements`,
      expected: `as many as [${shape.join(", ")}] has`,
    });
  }
  return apply(constantOp, [], { dtype: type, shape, data: typed });
}

/** A constant of one element and no axes. */
export function scalar(value: number, dtype: DType = "float32"): Tensor {
  return constant([value], [], dtype);
}

/** float32 of one value everywhere, without storing it. */
export function fill(value: number, shape: Shape): Tensor {
  return apply(fillOp, [], { value, shape });
}

/** float32 zeros, without storing them. */
export function zeros(shape: Shape): Tensor {
  return fill(0, shape);
}

/** A tensor as it is, a number as a float32 scalar. */
export function tensorOf(value: Tensor | number): Tensor {
  return typeof value === "number" ? scalar(value) : value;
}

function typedArray(values: readonly number[], dtype: DType): ConstantData {
  if (dtype === "float32") return Float32Array.from(values);
  if (dtype === "int32") return Int32Array.from(values);
  return dtype === "int64" ? BigInt64Array.from(values.map(BigInt)) : Uint8Array.from(values);
}

function typeOf(data: ConstantData): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  return data instanceof BigInt64Array ? "int64" : "bool";
}
