import { constant, matmul, mul, reshape, type Shape, type Tensor, transpose } from "@nacre/graph";

/**
 * Spectra of frames as differentiable graphs, in the form that was measured fastest on a CPU: one
 * dense product for short windows, two stages (Cooley & Tukey 1965, n = n1 n2) for long ones.
 *
 * Both give real and imaginary parts in an order of bins of their own; `bins` names the frequency
 * index (0 .. n/2) of each place, -1 where the place repeats another's bin.
 */
export type FrameTransform = {
  /** Samples per frame. */
  readonly window: number;
  /** Frequency index of each column of a group, groups one after another. */
  readonly bins: readonly number[];
  /** Groups that the bins are cut into: 1 when dense. */
  readonly groups: number;
  /** hops [B, blocks, hop] -> real and imaginary parts [groups, B * frames, bins of a group]. */
  apply(hops: Tensor, overlap: (hops: Tensor) => Tensor): { real: Tensor; imaginary: Tensor; rows: number };
};

/** Longest window that one dense product is the faster form for. */
const longestDense = 256;

// Matrices cost more time than all else in building a graph, and one graph may ask for them often.
const known = new Map<number, FrameTransform>();

/** The faster of the two forms for a Hann window of this length (a power of two, hop a quarter of it). */
export function frameTransform(window: number): FrameTransform {
  const made = known.get(window) ?? makeTransform(window);
  known.set(window, made);
  return made;
}

function makeTransform(window: number): FrameTransform {
  return window <= longestDense ? denseTransform(window) : twoStageTransform(window, 32);
}

/** The periodic Hann window. */
export function hann(window: number): Float64Array {
  return Float64Array.from({ length: window }, (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / window));
}

function denseTransform(window: number): FrameTransform {
  const count = window / 2 + 1;
  const shape = hann(window);
  const part = (wave: (angle: number) => number) =>
    matrix([window, count], (t, k) => shape[t!]! * wave((2 * Math.PI * ((t! * k!) % window)) / window));
  const [cosine, sine] = [part(Math.cos), part((angle) => -Math.sin(angle))];
  return {
    window,
    groups: 1,
    bins: Array.from({ length: count }, (_, k) => k),
    apply(hops, overlap) {
      const frames = overlap(hops);
      const rows = frames.shape[0]! * frames.shape[1]!;
      const flat = reshape(frames, [1, rows, window]);
      return { real: matmul(flat, cosine), imaginary: matmul(flat, sine), rows };
    },
  };
}

// Sample t = n2 j1 + j2, bin k = k1 + n1 k2. Stage one sums over j1 for k1 <= n1 / 2, stage two, one
// matrix per k1 with the twiddles in it, over j2. Stage one multiplies from the left: its columns stay in
// the order of time, and between the stages whole rows of 2 n2 values move instead of single ones.
function twoStageTransform(window: number, n1: number): FrameTransform {
  const n2 = window / n1;
  const half = n1 / 2 + 1;
  const angle = (product: number, size: number) => (2 * Math.PI * (product % size)) / size;
  const first = matrix([1, 2 * half, n1], (_, row, j1) => {
    const a = angle(j1! * Math.floor(row! / 2), n1);
    return row! % 2 === 0 ? Math.cos(a) : -Math.sin(a);
  });
  const stage = (wave: (a: number) => number, conjugate: (a: number) => number) =>
    matrix([half, 2 * n2, n2], (k1, row, k2) => {
      const a = angle((row! % n2) * (k1! + n1 * k2!), window);
      return row! < n2 ? wave(a) : conjugate(a);
    });
  const real = stage(Math.cos, Math.sin);
  const imaginary = stage((a) => -Math.sin(a), Math.cos);
  const shape = hann(window);
  const taper = matrix([n1, n2], (j1, j2) => shape[n2 * j1! + j2!]!);
  return {
    window,
    groups: half,
    bins: foldedBins(window, n1, n2),
    apply(hops, overlap) {
      const frames = overlap(hops);
      const rows = frames.shape[0]! * frames.shape[1]!;
      const partial = matmul(first, mul(reshape(frames, [rows, n1, n2]), taper));
      const flat = transpose(reshape(partial, [rows, half, 2 * n2]), [1, 0, 2]);
      return { real: matmul(flat, real), imaginary: matmul(flat, imaginary), rows };
    },
  };
}

// A real signal's bin n - k mirrors bin k; each is kept the first time it appears.
function foldedBins(window: number, n1: number, n2: number): number[] {
  const seen = new Set<number>();
  return Array.from({ length: (n1 / 2 + 1) * n2 }, (_, place) => {
    const k = Math.floor(place / n2) + n1 * (place % n2);
    const folded = Math.min(k, window - k);
    if (seen.has(folded)) return -1;
    seen.add(folded);
    return folded;
  });
}

/** A constant of that shape, computed per element. */
export function matrix(shape: Shape, value: (...index: number[]) => number): Tensor {
  const size = shape.reduce((product, each) => product * each, 1);
  const data = new Float32Array(size);
  const index = shape.map(() => 0);
  for (let at = 0; at < size; at++) {
    let rest = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    data[at] = value(...index);
  }
  return constant(data, shape);
}
