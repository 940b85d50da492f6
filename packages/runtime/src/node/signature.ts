/** What a graph takes and gives, and the checks that tell a caller in words what does not fit. */
import { NacreError } from "@nacre/errors";
import type { ElementArray, ElementType, Value, Values } from "../index.js";

/** One input or output: a number in shape is fixed, a name is a size that may change from run to run. */
export type Port = { name: string; type: ElementType; shape: readonly (number | string)[] };

/** All ports of a graph. */
export type Signature = { inputs: readonly Port[]; outputs: readonly Port[] };

const arrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };

/** True for element types that cross the runtime's door. */
export function isElementType(type: string): type is ElementType {
  return Object.hasOwn(arrays, type);
}

/** True when an array lies in memory that threads share. */
export function isShared(data: ElementArray): boolean {
  return data.buffer instanceof SharedArrayBuffer;
}

/** throws NacreError "runtime" unless every input is fed, nothing else is, and all values fit */
export function checkFeeds(signature: Signature, feeds: Values): void {
  checkNames("input", signature.inputs, feeds);
  for (const port of signature.inputs) {
    const value = Object.hasOwn(feeds, port.name) ? feeds[port.name] : undefined;
    if (!value) {
      throw new NacreError("runtime", {
        found: `input "${port.name}" was not fed`,
        expected: describePort(port),
        mend: "add it to the feeds",
      });
    }
    checkValue("input", port, value);
  }
}

/** throws NacreError "runtime" unless every array in `into` is of an output, fits it, and is no feed */
export function checkInto(signature: Signature, into: Values, feeds: Values): void {
  checkNames("output", signature.outputs, into);
  // The engine may write an output before it has read all feeds.
  const fed = new Set(Object.values(feeds).map((value) => value.data));
  const twice = Object.keys(into).find((name) => fed.has(into[name]!.data));
  if (twice !== undefined) {
    throw new NacreError("runtime", {
      found: `the array for output "${twice}" is also a feed`,
      expected: "an array of its own",
      mend: "keep two sets and swap them after each run",
    });
  }
  for (const port of signature.outputs) {
    if (Object.hasOwn(into, port.name)) checkValue("output", port, into[port.name]!);
  }
}

/** Writes one result into the array the caller gave for it. throws NacreError "runtime" for another shape */
export function copyInto(name: string, result: Value, target: Value): void {
  if (String(result.shape) !== String(target.shape)) {
    throw new NacreError("runtime", {
      found: `output "${name}" came out as [${result.shape}]`,
      expected: `[${target.shape}], the shape given in "into"`,
      mend: "give an array of the shape that these feeds lead to",
    });
  }
  // Both are of the port's type, which TypeScript cannot see from the union.
  (target.data as Float32Array).set(result.data as Float32Array);
}

/** What a closed session answers. */
export function closedError(): NacreError {
  return new NacreError("runtime", { found: "the session is closed", mend: "open the model again" });
}

function checkNames(kind: string, ports: readonly Port[], values: Values): void {
  const known = ports.map((port) => port.name);
  const stranger = Object.keys(values).find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new NacreError("runtime", {
    found: `the graph has no ${kind} "${stranger}"`,
    expected: known.length > 0 ? known.map((name) => `"${name}"`).join(" or ") : "none",
  });
}

function checkValue(kind: string, port: Port, value: Value): void {
  const refuse = (found: string, expected: string) => {
    throw new NacreError("runtime", { found: `${kind} "${port.name}" ${found}`, expected });
  };
  const { type, shape, data } = value;
  if (type !== port.type) refuse(`is ${type}`, port.type);
  if (!(data instanceof arrays[port.type])) {
    refuse(`of type ${type} holds a ${className(data)}`, arrays[port.type].name);
  }
  const fits =
    shape.length === port.shape.length && shape.every((size, axis) => sizeFits(size, port.shape[axis]!));
  if (!fits) refuse(`has shape [${shape}]`, `[${port.shape.join(",")}]`);
  const length = shape.reduce((product, size) => product * size, 1);
  if (data.length !== length) refuse(`holds ${data.length} values`, `${length} for shape [${shape}]`);
}

function sizeFits(size: number, wanted: number | string): boolean {
  return Number.isSafeInteger(size) && size >= 0 && (typeof wanted === "string" || size === wanted);
}

function describePort({ type, shape }: Port): string {
  return `${type} [${shape.join(",")}]`;
}

function className(data: unknown): string {
  return Object(data).constructor?.name ?? typeof data;
}
