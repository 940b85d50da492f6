import { fromHalf, toHalf } from "./half.js";
import type { StoredTensor } from "./safetensors.js";

/** Weights of one byte each, and the numbers they are multiples of: one along some axes, whole along the others. */
export type ByteWeights = { bytes: StoredTensor; scale: StoredTensor };

/** Smaller tensors (biases, norms) are worth too little to be rounded. */
const fewest = 4096;
/** Largest energy of the rounding against that of the weights, -38 dB: more is not worth the bytes. */
const mostError = 10 ** -3.8;
const largest = 127;
/** Vectors with a scale of their own; for shorter ones the scales would weigh too much. */
const shortest = 32;

/**
 * Float weights [...] as multiples -127 .. 127 of scales in fp16: one scale for each row of the first axis, each
 * column of the last, or each vector along the last, whichever comes closest.
 *
 * returns undefined for a tensor that stays as it is: of one axis, small, or hurt by it more than by -38 dB
 */
export function toByteWeights({ shape, data }: StoredTensor): ByteWeights | undefined {
  if (!(data instanceof Float32Array) || shape.length < 2 || data.length < fewest) return undefined;
  const forms = scaleShapes(shape).map((form) => rounded(data, shape, form));
  const best = forms.reduce((one, other) => (other.error < one.error ? other : one));
  // Said so that an error that is no number, of weights beyond fp16, keeps them too.
  return best.error <= mostError ? best : undefined;
}

/**
 * The weights that bytes stand for.
 *
 * returns undefined where the scale has none of the shapes that `toByteWeights` gives for such bytes
 */
export function fromByteWeights({ bytes, scale }: ByteWeights): StoredTensor | undefined {
  const { shape } = bytes;
  const known = shape.length > 1 && scaleShapes(shape).some((form) => form.join() === scale.shape.join());
  if (!known || !(scale.data instanceof Float32Array)) return undefined;
  const place = placesOf(shape, scale.shape);
  const scales = scale.data;
  const values = bytes.data as Int8Array;
  return { shape, data: Float32Array.from(values, (value, at) => value * scales[place(at)]!) };
}

function scaleShapes(shape: readonly number[]): number[][] {
  const ones = shape.map(() => 1);
  const forms = [ones.with(0, shape[0]!), ones.with(-1, shape.at(-1)!)];
  return shape.at(-1)! < shortest ? forms : [...forms, [...shape].with(-1, 1)];
}

function rounded(data: Float32Array, shape: readonly number[], form: readonly number[]) {
  const place = placesOf(shape, form);
  const scales = new Float32Array(form.reduce((product, size) => product * size, 1));
  for (const [at, value] of data.entries()) {
    scales[place(at)] = Math.max(scales[place(at)]!, Math.abs(value) / largest);
  }
  // A scale that fp16 rounds down would cut the largest weight off.
  for (const [at, each] of scales.entries()) scales[at] = halfAbove(each);
  let [error, energy] = [0, 0];
  const bytes = Int8Array.from(data, (value, at) => {
    const scale = scales[place(at)]!;
    const multiple = scale === 0 ? 0 : Math.round(value / scale);
    error += (multiple * scale - value) ** 2;
    energy += value ** 2;
    return multiple;
  });
  return {
    bytes: { shape, data: bytes },
    scale: { shape: form, data: scales },
    error: energy === 0 ? 0 : error / energy,
  };
}

function halfAbove(value: number): number {
  const bits = toHalf(value);
  return fromHalf(fromHalf(bits) < value ? bits + 1 : bits);
}

/** From a flat index into `shape` to that into `form`, whose axes are whole or 1. */
function placesOf(shape: readonly number[], form: readonly number[]): (at: number) => number {
  const last = shape.at(-1)!;
  if (form.at(-1) !== 1) return (at) => at % last;
  const size = form.every((each, axis) => axis === 0 || each === 1)
    ? shape.slice(1).reduce((product, each) => product * each, 1)
    : last;
  return (at) => Math.floor(at / size);
}
