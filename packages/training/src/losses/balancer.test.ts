import { abs, input, mean, mul, square, sub, sum } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { dot, openGraph } from "../../test/run-graph.js";
import { noise, seededRandom } from "../../test/sounds.js";
import { balance } from "./balancer.js";

const size = 40;
const random = seededRandom(3);
const wanted = noise(random, size);
const decoded = noise(random, size);
const weights = [3, 1];

// Two losses whose slopes are known: 2 (x - a), and 1000 sign(x - a) / size.
const slopes = [
  Float64Array.from(decoded, (x, i) => 2 * (x - wanted[i]!)),
  Float64Array.from(decoded, (x, i) => (1000 * Math.sign(x - wanted[i]!)) / size),
];
const lengths = slopes.map((slope) => Math.sqrt(dot(slope, slope)));

async function openBalance() {
  const [x, a] = [input("x", "float32", [size]), input("a", "float32", [size])];
  const norms = [input("norm0", "float32", []), input("norm1", "float32", [])];
  const decay = input("decay", "float32", []);
  const losses = [
    { name: "square", value: sum(square(sub(x, a))), weight: weights[0]! },
    { name: "abs", value: mul(mean(abs(sub(x, a))), 1000), weight: weights[1]! },
  ];
  const { cotangent, nextNorms } = balance(losses, x, norms, decay);
  const outputs = { cotangent, first: nextNorms[0]!, second: nextNorms[1]! };
  const call = await openGraph([x, a, ...norms, decay], outputs);
  return (before: number[], keep: number) =>
    call(decoded, wanted, ...before.map((n) => Float32Array.of(n)), Float32Array.of(keep));
}

describe("the balancer", () => {
  test("is EnCodec's formula: share times slope over the moving norm, summed", async () => {
    const { cotangent, first, second } = await (await openBalance())([2, 50], 0.9);
    const moving = [0.9 * 2 + 0.1 * lengths[0]!, 0.9 * 50 + 0.1 * lengths[1]!];
    expect(first![0]).toBeCloseTo(moving[0]!, 4);
    expect(second![0]).toBeCloseTo(moving[1]!, 3);
    for (const [i, found] of cotangent!.entries()) {
      const expected = (0.75 * slopes[0]![i]!) / moving[0]! + (0.25 * slopes[1]![i]!) / moving[1]!;
      expect(found).toBeCloseTo(expected, 5);
    }
  });

  test("in the first step gives each loss a slope as long as its share, whatever its scale", async () => {
    const { cotangent, first, second } = await (await openBalance())([0, 0], 0);
    expect(first![0]).toBeCloseTo(lengths[0]!, 4);
    expect(second![0]).toBeCloseTo(lengths[1]!, 3);
    const unit = slopes.map((slope, each) => slope.map((s) => s / lengths[each]!));
    const expected = unit[0]!.map((s, i) => 0.75 * s + 0.25 * unit[1]![i]!);
    for (const [i, found] of cotangent!.entries()) expect(found).toBeCloseTo(expected[i]!, 5);
  });
});
