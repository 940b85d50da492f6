import { add, gradient, input, mul, sum, type Tensor } from "@nacre/graph";
import { msSsim as measured } from "@nacre/metrics";
import { seededRandom } from "@nacre/testing";
import { expect, test } from "vitest";
import { openGraph } from "../../test/run-graph.js";
import { wavePictures } from "../../test/tiny-picture-recipe.js";
import { msSsim } from "./ms-ssim.js";

const [batch, side] = [2, 192];
const shape = [batch, 3, side, side];
const random = seededRandom(5);
const reference = wavePictures(batch, side, 3).map((x) => x + 0.5);
/** Blurred noise of two strengths, so that all scales see something. */
const estimate = reference.map(
  (x, i) => x + (i < reference.length / 2 ? 0.02 : 0.1) * (random() - 0.5 + Math.sin(i / 37)),
);
const [a, b] = [input("a", "float32", shape), input("b", "float32", shape)];

test("is the measure of the metrics, item by item", async () => {
  const call = await openGraph([a, b], { value: msSsim(a, b) });
  const { value } = await call(reference, estimate);
  for (let item = 0; item < batch; item++) {
    const planes = (of: Float32Array) =>
      [0, 1, 2].map((c) => of.subarray((item * 3 + c) * side * side, (item * 3 + c + 1) * side * side));
    const form = { width: side, height: side, peak: 1 };
    const expected = measured({ ...form, planes: planes(reference) }, { ...form, planes: planes(estimate) });
    expect(expected).toBeLessThan(0.995);
    expect(value![item]).toBeCloseTo(expected, 4);
  }
  const equal = await call(reference, reference);
  for (const each of equal.value!) expect(each).toBeCloseTo(1, 5);
});

test("its slope is that of small changes", async () => {
  // Away from the reference, and a little aside.
  const direction = estimate.map((x, i) => x - reference[i]! + 0.01 * (random() - 0.5));
  const [slope] = gradient(sum(msSsim(a, b)), [b]);
  const t = input("t", "float32", [1]);
  const way = input("way", "float32", shape);
  const moved: Tensor = add(b, mul(way, t));
  const call = await openGraph([a, b, t, way], { value: sum(msSsim(a, moved)) });
  const slopes = await openGraph([a, b], { slope: slope! });
  const { slope: found } = await slopes(reference, estimate);
  const expected = found!.reduce((total, x, i) => total + x * direction[i]!, 0);
  const at = async (step: number) =>
    (await call(reference, estimate, Float32Array.of(step), direction)).value![0]!;
  const step = 0.02;
  expect(((await at(step)) - (await at(-step))) / (2 * step)).toBeCloseTo(expected, 2);
  expect(Math.abs(expected)).toBeGreaterThan(0.02);
});

test("other sizes are refused", () => {
  const small = input("small", "float32", [1, 3, 160, 160]);
  expect(() => msSsim(small, small)).toThrow("at least 176");
  expect(() => msSsim(a, small)).toThrow("two alike");
});
