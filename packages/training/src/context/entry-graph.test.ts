import { gradient, input, mul, sum, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { openGraph } from "../../test/run-graph.js";
import { seededRandom } from "../../test/sounds.js";
import { entryBits, entryLogits } from "./entry-graph.js";
import { entryParameters } from "./entry-recipe.js";

const random = seededRandom(5);
const [n, q, k, d] = [7, 2, 4, 6];
const draw = (count: number, scale = 1) =>
  Float32Array.from({ length: count }, () => scale * (2 * random() - 1));
const logitValues = draw(n * q * k, 2);
const distanceValues = draw(n * q * k).map((x) => x * x);
const codeValues = BigInt64Array.from({ length: n * q }, () => BigInt(Math.floor(random() * k)));

function bitsInputs(rows = n) {
  const logits = input("logits", "float32", [rows, q, k]);
  const codes = input("codes", "int64", [n, q]);
  const distances = input("distances", "float32", [n, q, k]);
  const point = input("point", "float32", [n, d]);
  return { logits, codes, distances, point };
}

/** -log2 softmax in float64, [q k] of a row. */
function plainCosts(logits: ArrayLike<number>, row: number, at: number): number[] {
  const own = Array.from({ length: k }, (_, i) => Number(logits[(row * q + at) * k + i]));
  const total = Math.log(own.reduce((sum, x) => sum + Math.exp(x), 0));
  return own.map((x) => (total - x) / Math.LN2);
}

test("bits are those of the chosen entries' probabilities, and cells of all entries share one whole", async () => {
  const { logits, codes, distances, point } = bitsInputs();
  const call = await openGraph([logits, codes, distances], {
    bits: entryBits(logits, { codes, point, distances }),
  });
  const { bits } = await call(logitValues, codeValues, distanceValues);
  for (let row = 0; row < n; row++) {
    for (let at = 0; at < q; at++) {
      const costs = plainCosts(logitValues, row, at);
      expect(bits![row * q + at]).toBeCloseTo(costs[Number(codeValues[row * q + at])]!, 4);
      expect(costs.reduce((total, cost) => total + 2 ** -cost, 0)).toBeCloseTo(1, 9);
    }
  }
});

test("a table that says how often entries come costs their entropy", async () => {
  const { logits, codes, distances, point } = bitsInputs(1);
  const call = await openGraph([logits, codes, distances], {
    bits: entryBits(logits, { codes, point, distances }),
  });
  const counts = new Float64Array(q * k);
  for (const [i, code] of codeValues.entries()) counts[(i % q) * k + Number(code)]! += 1;
  const table = Float32Array.from(counts, (count) => Math.log(Math.max(count, 1e-20) / n));
  const { bits } = await call(table, codeValues, distanceValues);
  const entropy = counts.reduce(
    (sum, count) => (count > 0 ? sum - (count / n) * Math.log2(count / n) : sum),
    0,
  );
  expect(bits!.reduce((sum, each) => sum + each, 0) / n).toBeCloseTo(entropy, 4);
});

test("slopes are those of the bits to the logits, and of softly drawn entries' bits to the distances", async () => {
  const { logits, codes, distances, point } = bitsInputs();
  const weights = input("weights", "float32", [n, q]);
  const cost = sum(mul(weights, entryBits(logits, { codes, point, distances })));
  const [toLogits, toDistances] = gradient(cost, [logits, distances]);
  const call = await openGraph([logits, codes, distances, weights], { a: toLogits!, b: toDistances! });
  const weightValues = draw(n * q);
  const found = await call(logitValues, codeValues, distanceValues, weightValues);
  const hard = (values: ArrayLike<number>) => {
    let total = 0;
    for (let i = 0; i < n * q; i++) {
      total += weightValues[i]! * plainCosts(values, Math.floor(i / q), i % q)[Number(codeValues[i])]!;
    }
    return total;
  };
  const softness = Array.from({ length: q }, (_, at) => {
    const least = Array.from({ length: n }, (_, row) =>
      Math.min(...distanceValues.subarray((row * q + at) * k, (row * q + at + 1) * k)),
    );
    return (2 * least.reduce((a, b) => a + b, 0)) / n / (d / q);
  });
  const soft = (values: ArrayLike<number>) => {
    let total = 0;
    for (let i = 0; i < n * q; i++) {
      const costs = plainCosts(logitValues, Math.floor(i / q), i % q);
      const shares = costs.map((_, j) => Math.exp(-Number(values[i * k + j]) / softness[i % q]!));
      const whole = shares.reduce((a, b) => a + b, 0);
      total += weightValues[i]! * costs.reduce((sum, each, j) => sum + (each * shares[j]!) / whole, 0);
    }
    return total;
  };
  expectSlopes(hard, logitValues, found.a!);
  expectSlopes(soft, distanceValues, found.b!);
});

function expectSlopes(of: (x: Float64Array) => number, at: Float32Array, found: Float32Array): void {
  for (let i = 0; i < at.length; i++) {
    const [up, down] = [1e-5, -1e-5].map((move) => Float64Array.from(at, (x, j) => (j === i ? x + move : x)));
    const slope = (of(up!) - of(down!)) / 2e-5;
    expect(Math.abs(found[i]! - slope)).toBeLessThan(1e-3 * Math.abs(slope) + 1e-4);
  }
}

const sizes = { layers: 2, codes: q, entries: k, channels: d, sideChannels: 3 };
const specs = entryParameters(sizes, "linear");
const grid = [1, 4, 4];

test("what is not decoded yet tells nothing, and what is does", async () => {
  const inputs = specs.map(({ name, shape }) => input(name, "float32", shape));
  const side = input("side", "float32", [1, 1, 1, 3]);
  const points = [0, 1].map((layer) => input(`points${layer}`, "float32", [...grid, d]));
  const parameters = Object.fromEntries(specs.map(({ name }, i) => [name, inputs[i]!]));
  const logits = entryLogits(sizes, "linear", parameters, { side, points });
  const outputs = Object.fromEntries(logits.map((each, i) => [`l${i}`, each] as [string, Tensor]));
  const call = await openGraph([...inputs, side, ...points], outputs);
  const values = specs.map(({ shape }) => draw(shape.reduce((a, b) => a * b, 1)));
  const plain = { side: draw(3, 4), below: draw(16 * d), own: draw(16 * d) };
  const told = async (change: Partial<typeof plain>) => {
    const { side, below, own } = { ...plain, ...change };
    return call(...values, side, below, own);
  };
  const before = await told({});
  const row = (all: Float32Array, at: number) => [...all.subarray(at * q * k, (at + 1) * q * k)];
  const first = Array.from({ length: 16 }, (_, at) => at).filter((at) => (Math.floor(at / 4) + at) % 2 === 0);
  const second = Array.from({ length: 16 }, (_, at) => at).filter((at) => !first.includes(at));
  // The second half is decoded last: nobody has seen it.
  const late = await told({
    own: plain.own.map((x, i) => (second.includes(Math.floor(i / d)) ? -3 * x : x)),
  });
  expect(late.l1).toEqual(before.l1);
  const early = await told({ own: plain.own.map((x, i) => (first.includes(Math.floor(i / d)) ? 3 * x : x)) });
  for (const at of first) expect(row(early.l1!, at)).toEqual(row(before.l1!, at));
  for (const at of second) expect(row(early.l1!, at)).not.toEqual(row(before.l1!, at));
  expect(early.l0).toEqual(before.l0);
  expect((await told({ below: plain.below.map((x) => 2 * x) })).l1).not.toEqual(before.l1);
  expect((await told({ side: plain.side.map((x) => x + 1) })).l0).not.toEqual(before.l0);
});
