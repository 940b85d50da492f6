import { NacreError } from "@nacre/errors";
import { gradients, input } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../test/run-graph.js";
import { estimatorByName, estimators, gainLimit, reflection, rotation, rotationUnscaled } from "./index.js";

const d = 7;
const n = 40;

function randomPairs(seed: number) {
  const random = seededRandom(seed);
  const e = normalArray(random, n * d);
  const q = normalArray(random, n * d, 0.8);
  return { e, q, g: normalArray(random, n * d), v: normalArray(random, n * d) };
}

/** Rows whose answer is a special case: zero e, zero q, both zero, same, opposite, tiny, huge gain. */
function degeneratePairs() {
  const unit = Float32Array.from({ length: d }, (_, i) => (i + 1) / 12);
  const scaled = (factor: number) => unit.map((x) => x * factor);
  const rows = [
    [scaled(0), scaled(1)],
    [scaled(1), scaled(0)],
    [scaled(0), scaled(0)],
    [scaled(1), scaled(1)],
    [scaled(1), scaled(-1)],
    [scaled(1e-9), scaled(1)],
    [scaled(1e-3), scaled(5)],
    [scaled(1), scaled(-3)],
  ] as const;
  const join = (side: 0 | 1) => Float32Array.from(rows.flatMap((row) => [...row[side]]));
  return { e: join(0), q: join(1), count: rows.length };
}

const dot = (a: Float32Array, b: Float32Array, row: number, width = d) => {
  let total = 0;
  for (let i = row * width; i < (row + 1) * width; i++) total += a[i]! * b[i]!;
  return total;
};
const normOf = (a: Float32Array, row: number, width = d) => Math.sqrt(dot(a, a, row, width));

describe.each(estimators.map((estimator) => [estimator.name, estimator] as const))(
  "%s",
  (_name, estimator) => {
    test("jvp and vjp are adjoint on every row", () => {
      const { e, q, g, v } = randomPairs(1);
      const moved = estimator.jvp(e, q, v, n, d);
      const pulled = estimator.vjp(e, q, g, n, d);
      for (let row = 0; row < n; row++) {
        expect(dot(moved, g, row)).toBeCloseTo(dot(pulled, v, row), 4);
      }
    });

    test("graph form: the value is q bit for bit and the gradient is the array form's", async () => {
      const { e, q, g } = randomPairs(2);
      const special = degeneratePairs();
      const rows = n + special.count;
      const join = (a: Float32Array, b: Float32Array) => Float32Array.from([...a, ...b]);
      const all = {
        e: join(e, special.e),
        q: join(q, special.q),
        g: join(
          g,
          special.e.map((_, i) => Math.sin(i)),
        ),
      };
      const [te, tq, tg] = (["e", "q", "g"] as const).map((name) => input(name, "float32", [rows, d]));
      const out = estimator.estimate(te!, tq!);
      const [toE, toQ] = gradients([out], [tg!], [te!, tq!]);
      const found = await runGraph(
        { e: { input: te!, data: all.e }, q: { input: tq!, data: all.q }, g: { input: tg!, data: all.g } },
        { out, toE: toE!, toQ: toQ! },
      );
      expect(found.out).toEqual(all.q);
      expect((found.toQ as Float32Array).every((x) => x === 0)).toBe(true);
      const expected = estimator.vjp(all.e, all.q, all.g, rows, d);
      const largest = (found.toE as Float32Array).reduce(
        (m, x, i) => Math.max(m, Math.abs(x - expected[i]!)),
        0,
      );
      expect(largest).toBeLessThan(2e-4);
    });

    test("a sweep from 0 to 180 degrees is finite and never lengthens by more than the gain", () => {
      for (let step = 0; step <= 1800; step++) {
        const angle = (step / 1800) * Math.PI;
        const e = Float32Array.from([2, 0, 0]);
        const q = Float32Array.from([Math.cos(angle), Math.sin(angle), 0]);
        const v = Float32Array.from([0.3, -0.4, 1.2]);
        for (const moved of [estimator.jvp(e, q, v, 1, 3), estimator.vjp(e, q, v, 1, 3)]) {
          expect(normOf(moved, 0, 3)).toBeLessThan(1.3 * 1.001);
          expect(normOf(moved, 0, 3)).toBeGreaterThan(0.6);
        }
      }
    });

    test("zero e and zero q let the gradient through unchanged", () => {
      const g = Float32Array.from([1, -2, 3]);
      const zero = new Float32Array(3);
      const other = Float32Array.from([0.5, 0.5, 1]);
      expect(estimator.vjp(zero, other, g, 1, 3)).toEqual(g);
      expect(estimator.vjp(other, zero, g, 1, 3)).toEqual(g);
      expect(estimator.vjp(zero, zero, g, 1, 3)).toEqual(g);
    });

    test("one dimension gives a finite answer for every pair of signs", () => {
      const e = Float32Array.from([1, 1, -2, -2]);
      const q = Float32Array.from([2, -2, 1, -1]);
      const moved = estimator.jvp(e, q, Float32Array.from([1, 1, 1, 1]), 4, 1);
      expect([...moved].every(Number.isFinite)).toBe(true);
      if (estimator === rotation) expect([...moved]).toEqual([2, -2, -0.5, 0.5]);
    });

    test("a wrong length is refused", () => {
      expect(() =>
        estimator.vjp(new Float32Array(5), new Float32Array(6), new Float32Array(6), 2, 3),
      ).toThrow(NacreError);
      expect(() => estimator.estimate(input("e", "float32", [2, 3]), input("q", "float32", [2, 4]))).toThrow(
        NacreError,
      );
    });
  },
);

describe("the maps are what their names say", () => {
  test("rotation and reflection carry e to q and keep every length but for the gain", () => {
    const { e, q, v } = randomPairs(3);
    for (const estimator of [rotation, reflection]) {
      const carried = estimator.jvp(e, q, e, n, d);
      const moved = estimator.jvp(e, q, v, n, d);
      for (let row = 0; row < n; row++) {
        const gain = normOf(q, row) / normOf(e, row);
        expect(gain).toBeLessThan(gainLimit);
        for (let i = row * d; i < (row + 1) * d; i++) expect(carried[i]).toBeCloseTo(q[i]!, 4);
        expect(normOf(moved, row)).toBeCloseTo(gain * normOf(v, row), 4);
      }
    }
  });

  test("rotation agrees with differences of its frozen d x d matrix, written out", () => {
    const { e, q, v } = randomPairs(4);
    const moved = rotation.jvp(e, q, v, n, d);
    for (let row = 0; row < n; row++) {
      const part = (a: Float32Array) => Array.from(a.subarray(row * d, (row + 1) * d));
      const frozen = frozenRotation(part(e), part(q));
      const step = 1e-3;
      const at = (t: number) => frozen(part(e).map((x, i) => x + t * part(v)[i]!));
      const [ahead, behind] = [at(step), at(-step)];
      for (let i = 0; i < d; i++) {
        expect(moved[row * d + i]).toBeCloseTo((ahead[i]! - behind[i]!) / (2 * step), 3);
      }
    }
  });

  test("rotation has determinant +1 in the plane, reflection -1", () => {
    const e = Float32Array.from([1, 0.2]);
    const q = Float32Array.from([-0.3, 1]);
    const determinant = (estimator: typeof rotation) => {
      const x = estimator.jvp(e, q, Float32Array.from([1, 0]), 1, 2);
      const y = estimator.jvp(e, q, Float32Array.from([0, 1]), 1, 2);
      return Math.sign(x[0]! * y[1]! - x[1]! * y[0]!);
    };
    expect([determinant(rotation), determinant(rotationUnscaled), determinant(reflection)]).toEqual([
      1, 1, -1,
    ]);
  });

  test("the gain stops at its limit and the unscaled rotation has none", () => {
    const e = Float32Array.from([1e-3, 0]);
    const q = Float32Array.from([0, 5]);
    const g = Float32Array.from([1, 0]);
    expect(normOf(rotation.vjp(e, q, g, 1, 2), 0, 2)).toBeCloseTo(gainLimit, 5);
    expect(normOf(rotationUnscaled.vjp(e, q, g, 1, 2), 0, 2)).toBeCloseTo(1, 5);
  });

  test("opposite rows: rotation answers with the mirror, which still carries e to q", () => {
    const { e } = randomPairs(5);
    const q = e.map((x) => -2 * x);
    const carried = rotation.jvp(e, q, e, n, d);
    carried.forEach((x, i) => {
      expect(x).toBeCloseTo(q[i]!, 4);
    });
  });

  test("an unknown name is refused and every listed name is found", () => {
    expect(() => estimatorByName("telepathy")).toThrow(NacreError);
    for (const estimator of estimators) expect(estimatorByName(estimator.name)).toBe(estimator);
  });
});

/** |q|/|e| (I - 2 r r^T + 2 q^ e^^T) as a function of x, by the paper's formula. */
function frozenRotation(e: number[], q: number[]) {
  const inner = (a: number[], b: number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
  const unit = (a: number[]) => a.map((x) => x / Math.sqrt(inner(a, a)));
  const [eh, qh] = [unit(e), unit(q)];
  const r = unit(eh.map((x, i) => x + qh[i]!));
  const gain = Math.sqrt(inner(q, q) / inner(e, e));
  const matrix = eh.map((_, i) =>
    eh.map((_, j) => (i === j ? 1 : 0) - 2 * r[i]! * r[j]! + 2 * qh[i]! * eh[j]!),
  );
  return (x: number[]) => matrix.map((row) => gain * inner(row, x));
}
