import { expect, test } from "vitest";
import { initialValues, type ParameterSpec } from "./index.js";

const spec = (name: string, initial: ParameterSpec["initial"], size = 5): ParameterSpec => ({
  name,
  shape: [size],
  initial,
  decay: false,
});

function moments(values: Float32Array): { mean: number; deviation: number; fourth: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const power = (n: number) => values.reduce((sum, x) => sum + (x - mean) ** n, 0) / values.length;
  return { mean, deviation: Math.sqrt(power(2)), fourth: power(4) / power(2) ** 2 };
}

test("a parameter's values depend on its name and the seed, not on its neighbours", () => {
  const a = spec("a", { kind: "normal", deviation: 1 });
  const b = spec("b", { kind: "normal", deviation: 1 });
  const both = initialValues([a, b], 7);
  expect(initialValues([b, a], 7)).toEqual(both);
  expect(initialValues([a], 7).a).toEqual(both.a);
  expect(both.a).not.toEqual(both.b);
  expect(initialValues([a], 8).a).not.toEqual(both.a);
});

test("normal values have the asked deviation and the kurtosis of a Gaussian", () => {
  const { w } = initialValues([spec("w", { kind: "normal", deviation: 0.5 }, 100_001)], 1);
  const { mean, deviation, fourth } = moments(w!);
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(deviation).toBeCloseTo(0.5, 2);
  expect(fourth).toBeGreaterThan(2.9);
  expect(fourth).toBeLessThan(3.1);
});

test("neighbours in one stream, and the same places of two streams, are not correlated", () => {
  const kind = { kind: "normal", deviation: 1 } as const;
  const { u, v } = initialValues([spec("u", kind, 50_000), spec("v", kind, 50_000)], 3);
  const correlation = (shift: number, other: Float32Array) =>
    u!.reduce((sum, x, i) => sum + x * (other[i + shift] ?? 0), 0) / 50_000;
  for (const found of [correlation(1, u!), correlation(2, u!), correlation(0, v!)]) {
    expect(Math.abs(found)).toBeLessThan(0.02);
  }
});

test("uniform values fill their bounds evenly", () => {
  const { w } = initialValues([spec("w", { kind: "uniform", bound: 2 }, 50_000)], 1);
  const { mean, deviation } = moments(w!);
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(deviation).toBeCloseTo(2 / Math.sqrt(3), 1);
  expect(w!.every((x) => Math.abs(x) <= 2)).toBe(true);
});

test("zeros, ones and constants are what they say", () => {
  const values = initialValues(
    [spec("z", { kind: "zeros" }), spec("o", { kind: "ones" }), spec("c", { kind: "constant", value: 0.25 })],
    1,
  );
  expect([...values.z!, ...values.o!, ...values.c!]).toEqual([
    ...new Array(5).fill(0),
    ...new Array(5).fill(1),
    ...new Array(5).fill(0.25),
  ]);
});

test("the first values of a stream never change, because trained models name a seed", () => {
  const { w } = initialValues([spec("w", { kind: "uniform", bound: 1 }, 3)], 42);
  expect([...w!]).toEqual([0.769953191280365, -0.5074864625930786, 0.8663316965103149]);
});

test("given values are taken as they are, and must fill the shape", () => {
  const given = (values: number[]) =>
    initialValues([spec("g", { kind: "given", values: () => Float32Array.from(values) }, 3)], 1);
  expect(given([3, 1, 2]).g).toEqual(Float32Array.of(3, 1, 2));
  expect(() => given([3, 1])).toThrow("3 starting values");
});
