import { assert } from "@nacre/errors";
import type { Initial, ParameterSpec } from "./network.js";
import { sizeOf } from "./parameters.js";

/** Even numbers over 0 <= x < 1, in steps of 2^-32. */
type Random = () => number;

/**
 * Draws the starting values of all parameters.
 *
 * Each parameter has its own stream, made from the seed and its name: values do not depend on the
 * order of the specs, and adding a block leaves the others as they were.
 *
 * seed     any integer; its low 32 bits count
 * returns  values by name, row-major
 */
export function initialValues(specs: readonly ParameterSpec[], seed: number): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const { name, shape, initial } of specs) {
    assert(!Object.hasOwn(values, name), `parameter names are unique, "${name}" came twice`);
    values[name] = draw(initial, sizeOf(shape), randomStream(name, seed));
  }
  return values;
}

function draw(initial: Initial, size: number, random: Random): Float32Array {
  switch (initial.kind) {
    case "zeros":
      return new Float32Array(size);
    case "ones":
      return new Float32Array(size).fill(1);
    case "constant":
      return new Float32Array(size).fill(initial.value);
    case "normal":
      return normal(size, initial.deviation, random);
    case "uniform":
      return Float32Array.from({ length: size }, () => (2 * random() - 1) * initial.bound);
    case "given": {
      const values = initial.values();
      assert(values.length === size, `${size} starting values are given, ${values.length} came`);
      return Float32Array.from(values);
    }
  }
}

/** Box and Muller 1958: two even draws give two independent Gaussian ones. */
function normal(size: number, deviation: number, random: Random): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 2) {
    // 1 - random() is never zero, so the logarithm is finite.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < size) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** xoshiro128** (Blackman and Vigna 2021, arXiv 1805.01407), its state filled from name and seed. */
function randomStream(name: string, seed: number): Random {
  let [a, b, c, d] = seedState(name, seed);
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result / 2 ** 32;
  };
}

function seedState(name: string, seed: number): [number, number, number, number] {
  let state = hash(name) ^ mix(seed | 0);
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state);
  };
  // The state must not be all zero; one set bit in a constant place settles that.
  return [next(), next(), next(), next() | 1];
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state;
}

/** The finalizer of MurmurHash3: every input bit moves every output bit. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
