import { concat, input, reshape } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { openGraph } from "../../test/run-graph.js";
import { noise, seededRandom } from "../../test/sounds.js";
import { recipes } from "../recipes/index.js";
import { parameterSpecs } from "../state.js";
import { adamW, adamWScalars } from "./adamw.js";
import { chunksOf, unpack, viewsOf } from "./chunks.js";

const options = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };
const size = 50;

/** Loshchilov and Hutter 2019, algorithm 2, as printed, in float64. */
function textbook(
  value: Float64Array,
  slopes: readonly Float32Array[],
  rates: number[],
  weightDecay: number,
) {
  const [first, second] = [new Float64Array(size), new Float64Array(size)];
  for (const [before, slope] of slopes.entries()) {
    const step = before + 1;
    for (let i = 0; i < size; i++) {
      first[i] = options.beta1 * first[i]! + (1 - options.beta1) * slope[i]!;
      second[i] = options.beta2 * second[i]! + (1 - options.beta2) * slope[i]! ** 2;
      const corrected = first[i]! / (1 - options.beta1 ** step);
      const spread = Math.sqrt(second[i]! / (1 - options.beta2 ** step));
      const decayed = rates[before]! * weightDecay * value[i]!;
      value[i]! -= (rates[before]! * corrected) / (spread + options.epsilon) + decayed;
    }
  }
  return value;
}

async function openAdamW(decays: boolean) {
  const [value, first, second, slope] = ["value", "first", "second", "slope"].map((name) =>
    input(name, "float32", [size]),
  );
  const scalars = ["stepSize", "epsilon", "decay"].map((name) => input(name, "float32", [1]));
  const [stepSize, epsilon, decay] = scalars;
  const next = adamW(
    { value: value!, first: first!, second: second! },
    slope!,
    { stepSize: stepSize!, epsilon: epsilon!, decay: decay! },
    options,
    decays,
  );
  const outputs = { "next.value": next.value, "next.first": next.first, "next.second": next.second };
  return openGraph([value!, first!, second!, slope!, ...scalars], outputs);
}

describe("AdamW in the graph", () => {
  test.each([true, false])("is the textbook's over 20 steps, decay %s", async (decays) => {
    const random = seededRandom(11);
    const start = noise(random, size);
    // Slopes of very different sizes, the last one zero: epsilon counts there.
    const slopes = Array.from({ length: 20 }, () =>
      noise(random, size).map((x, i) => (i === size - 1 ? 0 : x * 10 ** ((i % 9) - 6))),
    );
    const rates = slopes.map((_, i) => 0.01 / (1 + i));
    const call = await openAdamW(decays);
    let state = [start, new Float32Array(size), new Float32Array(size)];
    for (const [i, slope] of slopes.entries()) {
      const { stepSize, epsilon, decay } = adamWScalars(i + 1, rates[i]!, options);
      const scalars = [stepSize, epsilon, decay].map((x) => Float32Array.of(x));
      const next = await call(...state, slope, ...scalars);
      state = [next["next.value"]!, next["next.first"]!, next["next.second"]!];
    }
    const expected = textbook(Float64Array.from(start), slopes, rates, decays ? options.weightDecay : 0);
    for (const [i, value] of state[0]!.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  });
});

describe("chunks", () => {
  const specs = parameterSpecs(recipes[0]!);
  const chunks = chunksOf(specs);

  test("hold every parameter once, with those of one decay only", () => {
    const names = chunks.flatMap((chunk) => chunk.specs.map(({ name }) => name));
    expect(names.toSorted()).toEqual(specs.map(({ name }) => name).toSorted());
    for (const chunk of chunks) {
      expect(chunk.specs.every(({ decay }) => decay === chunk.decay)).toBe(true);
      expect(chunk.specs.length === 1 || chunk.size <= 128 * 1024).toBe(true);
    }
  });

  test("give back what was put in, as arrays and in the graph", async () => {
    const chunk = chunks.find((each) => each.specs.length > 2)!;
    const flat = noise(seededRandom(1), chunk.size);
    const views = viewsOf(chunk, flat);
    const whole = input("whole", "float32", [chunk.size]);
    const tensors = unpack(chunk, whole);
    for (const { name, shape } of chunk.specs) expect(tensors[name]!.shape).toEqual(shape);
    const joined = concat(
      // Backwards, so that a place that is not its own would be seen.
      chunk.specs.toReversed().map(({ name }) => reshape(tensors[name]!, [views[name]!.length])),
      0,
    );
    const { out } = await (await openGraph([whole], { out: joined }))(flat);
    expect([...out!]).toEqual(chunk.specs.toReversed().flatMap(({ name }) => [...views[name]!]));
  });
});
