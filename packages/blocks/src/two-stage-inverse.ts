import { assert } from "@nacre/errors";
import { add, constant, matmul, mul, reshape, type Tensor, transpose } from "@nacre/graph";
import { hannWindow, type Spectrum } from "./dft.js";
import { type Framing, hopsPerWindow } from "./frames.js";

/**
 * `inverseDft` in two stages (Cooley & Tukey 1965), with a fifth of the multiply-adds at a window of 960: for
 * running, where a network's definition asks for the plain form.
 *
 * bins     frequency index of each place, group by group. A bin that would come twice has one place; what the
 *          others hold counts for nothing, and they are named bin 0
 * order    int64 [2 * bins.length]: real beside imaginary parts of each group, as places among all real parts
 *          and then all imaginary ones of the plain form; to gather the columns of a matrix by
 * groups   G, that the places are cut into, of P = bins.length / G places each
 * frames   spectrum, each part [G, N, P], to frames [N, window]
 */
export type TwoStageInverse = {
  readonly bins: readonly number[];
  readonly order: Tensor;
  readonly groups: number;
  frames(spectrum: Spectrum): Tensor;
};

/** One place: bin k = k1 + first * k2 of the whole circle; `bin` is what of 0 .. window / 2 it stands for. */
type Place = { k: number; bin: number; conjugate: boolean; used: boolean };

/**
 * framing  at least three hops in a window, as for `inverseDft`
 * first    length of the transforms that come last: even, divides window; by default what is nearest to the
 *          square root of window
 *
 * With sample n = second * j1 + j2 and bin k = k1 + first * k2, where second = window / first,
 *   x(n) = Re sum_k1 e(k1 j1 / first) sum_k2 e(k j2 / window) X(k),   e(t) = exp(2 pi i t)
 * and a real signal needs k1 = 0 .. first / 2 alone. The last stage multiplies from the left, so that samples
 * come out in the order of time, and between the stages whole rows move instead of single values.
 */
export function twoStageInverse(framing: Framing, first = firstLength(framing.window)): TwoStageInverse {
  const { window } = framing;
  assert(first % 2 === 0 && window % first === 0, `first ${first} is even and divides ${window}`);
  const second = window / first;
  const groups = first / 2 + 1;
  const places = placesOf(window, first);
  return {
    bins: places.map(({ bin }) => bin),
    order: orderOf(places, second, window / 2 + 1),
    groups,
    frames({ real, imaginary }) {
      const count = real.shape[1]!;
      const stage = inverseStage(places, groups, second);
      const sums = add(matmul(real, stage.real), matmul(imaginary, stage.imaginary));
      const rows = reshape(transpose(sums, [1, 0, 2]), [count, 2 * groups, second]);
      const frames = matmul(lastStage(first), rows);
      return reshape(mul(frames, synthesisTaper(framing, first)), [count, window]);
    },
  };
}

/** Multiply-adds of one frame. */
export function twoStageMultiplyAdds(window: number, first = firstLength(window)): number {
  const second = window / first;
  return (first + 2) * (window + 2 * second * second);
}

function firstLength(window: number): number {
  const ideal = Math.log(Math.sqrt(window));
  const evens = Array.from({ length: window / 2 }, (_, i) => 2 * (i + 1)).filter((n) => window % n === 0);
  const distance = (n: number) => Math.abs(Math.log(n) - ideal);
  return evens.reduce((best, n) => (distance(n) <= distance(best) ? n : best));
}

function placesOf(window: number, first: number): Place[] {
  const second = window / first;
  const seen = new Set<number>();
  return Array.from({ length: (first / 2 + 1) * second }, (_, place) => {
    const k = Math.floor(place / second) + first * (place % second);
    const folded = Math.min(k, window - k);
    const used = !seen.has(folded);
    seen.add(folded);
    return { k, bin: used ? folded : 0, conjugate: k > window / 2, used };
  });
}

function orderOf(places: readonly Place[], second: number, bins: number): Tensor {
  const order = BigInt64Array.from({ length: 2 * places.length }, (_, at) => {
    const { bin } = places[Math.floor(at / (2 * second)) * second + (at % second)]!;
    return BigInt(at % (2 * second) < second ? bin : bins + bin);
  });
  return constant(order, [order.length]);
}

/** Each [groups, second, 2 * second]: what cosine (first half) and sine of k1 are multiplied by at j2. */
function inverseStage(places: readonly Place[], groups: number, second: number) {
  const window = 2 * (groups - 1) * second;
  const stage = (of: (a: number, isCosine: boolean, conjugate: boolean) => number) =>
    matrix([groups, second, 2 * second], (k1, k2, column) => {
      const { k, bin, used, conjugate } = places[k1! * second + k2!]!;
      if (!used) return 0;
      const weight = ((bin === 0 || bin === window / 2 ? 1 : 2) * parity(k)) / window;
      return weight * of(angle((column! % second) * k, window), column! < second, conjugate);
    });
  return {
    real: stage((a, isCosine) => (isCosine ? Math.cos(a) : -Math.sin(a))),
    imaginary: stage(
      (a, isCosine, conjugate) => (conjugate ? 1 : -1) * (isCosine ? Math.sin(a) : Math.cos(a)),
    ),
  };
}

/** [1, first, 2 * groups]: columns cosine and sine of k1 in turn. */
function lastStage(first: number): Tensor {
  return matrix([1, first, first + 2], (_, j1, column) => {
    const a = angle(Math.floor(column! / 2) * j1!, first);
    return column! % 2 === 0 ? Math.cos(a) : Math.sin(a);
  });
}

/** The synthesis window of `inverseDftMatrices`, [first, second]. */
function synthesisTaper(framing: Framing, first: number): Tensor {
  const hops = hopsPerWindow(framing);
  assert(hops >= 3, "squared Hann windows sum to a constant from three hops on");
  const hann = hannWindow(framing.window);
  const second = framing.window / first;
  return matrix([first, second], (j1, j2) => hann[second * j1! + j2!]! / ((3 * hops) / 8));
}

// Reducing the product first keeps the angle exact.
function angle(product: number, size: number): number {
  return (2 * Math.PI * (product % size)) / size;
}

/** Bin k counted from the window's middle: e(k / 2) = (-1)^k. */
function parity(k: number): number {
  return k % 2 === 0 ? 1 : -1;
}

function matrix(shape: readonly number[], at: (...index: number[]) => number): Tensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let place = 0; place < values.length; place += 1) {
    const index: number[] = new Array(shape.length);
    let rest = place;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    values[place] = at(...index);
  }
  return constant(values, shape);
}
