import { idealBitsChosen } from "@nacre/entropy";
import { expect, test } from "vitest";
import { entropyCases, logisticTable } from "./cases.js";
import { constrictionVersions } from "./constriction-peer.js";
import { measureEntropy } from "./measure-entropy.js";

const python = "python3";

test("a table is the logistic distribution in cells of one step, and symbols are drawn from their tables", () => {
  const { frequencies } = logisticTable(2);
  const below = (edge: number) => 1 / (1 + Math.exp(-edge / 2));
  expect(frequencies).toHaveLength(255);
  expect(frequencies[127]! / 65_536).toBeCloseTo(below(0.5) - below(-0.5), 3);
  const [one, many] = entropyCases(40_000, 3);
  expect(new Set(many!.choice).size).toBe(64);
  const entropy = Array.from(frequencies, (each) => (each / 65_536) * (16 - Math.log2(each))).reduce(
    (a, b) => a + b,
  );
  const bits = idealBitsChosen(one!.symbols, one!.tables, one!.choice) / 40_000;
  expect(Math.abs(bits / entropy - 1)).toBeLessThan(0.01);
  expect(entropyCases(40_000, 3)[1]!.symbols).toEqual(many!.symbols);
});

test("without Python ours is measured alone, within a thousandth of the ideal on 10 000 symbols", async () => {
  const result = await measureEntropy({ symbols: 20_000, rounds: 1, seed: 1, python: "no-such-python" });
  expect(result.peer).toMatch(/^not measured: Python could not be started/);
  for (const { short, ours, theirs } of result.cases) {
    expect(short.symbols).toBe(10_000);
    expect(short.overhead).toBeGreaterThan(-1e-9);
    expect(short.overhead).toBeLessThan(1e-3);
    expect(ours.overhead).toBeLessThan(1e-3);
    expect(theirs).toBeUndefined();
  }
});

test.skipIf(typeof constrictionVersions(python) === "string")(
  "where constriction is there, both code the same symbols to nearly the same bytes",
  async () => {
    const result = await measureEntropy({ symbols: 20_000, rounds: 1, seed: 1, python });
    for (const { ours, theirs } of result.cases) {
      expect(Math.abs(theirs!.bytes / ours.bytes - 1)).toBeLessThan(0.01);
    }
  },
);
