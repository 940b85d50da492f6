import { constant } from "@nacre/graph";
import { expect, test } from "vitest";
import { noise, run } from "../../test/run.js";
import { initialValues } from "../initial.js";
import { localAttention } from "./local-attention.js";

const options = { channels: 128, window: 3 };
const specs = localAttention.parameters("it", options);
const values = { ...initialValues(specs, 5), "it.norm.bias": noise(128) };

/** The same by its definition, in float64: x [channels][steps]. */
function attended(x: number[][]): number[][] {
  const { channels, window } = options;
  const of = (part: string) => values[`it.${part}` as keyof typeof values]!;
  const steps = x[0]!.length;
  const rows = Array.from({ length: steps }, (_, t) => {
    const row = x.map((channel) => channel[t]!);
    const mean = row.reduce((sum, value) => sum + value, 0) / channels;
    const spread = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / channels + 1e-5);
    return row.map((value, c) => ((value - mean) / spread) * of("norm.scale")[c]! + of("norm.bias")[c]!);
  });
  const product = (row: number[], matrix: Float32Array, width: number) =>
    Array.from({ length: width }, (_, to) =>
      row.reduce((sum, value, from) => sum + value * matrix[from * width + to]!, 0),
    );
  const projected = rows.map((row) => product(row, of("project"), 3 * channels));
  const head = (t: number, part: number, h: number) =>
    projected[t]!.slice(part * channels + 64 * h, part * channels + 64 * (h + 1));
  // A pair of values as one complex number, turned by the place within the window.
  const turned = (vector: number[], t: number) =>
    vector.map((value, d) => {
      const angle = (t % window) * 10_000 ** (-(d % 32) / 32);
      const other = d < 32 ? -vector[d + 32]! : vector[d - 32]!;
      return value * Math.cos(angle) + other * Math.sin(angle);
    });
  const heard = rows.map((_, t) =>
    [0, 1].flatMap((h) => {
      const first = t - (t % window);
      const places = Array.from({ length: window }, (_, i) => first + i);
      const asked = turned(head(t, 0, h), t);
      const weights = places.map((at) => {
        const offered = turned(head(at, 1, h), at);
        return Math.exp(asked.reduce((sum, value, d) => sum + value * offered[d]!, 0) / 8);
      });
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return Array.from({ length: 64 }, (_, d) =>
        places.reduce((sum, at, i) => sum + (weights[i]! / total) * head(at, 2, h)[d]!, 0),
      );
    }),
  );
  const answers = heard.map((row) => product(row, of("expand"), channels));
  return x.map((channel, c) => channel.map((value, t) => value + answers[t]![c]!));
}

test("attention within windows is that of its definition", async () => {
  const [channels, steps] = [128, 9];
  const data = noise(channels * steps);
  const tensors = Object.fromEntries(
    specs.map(({ name, shape }) => [name, constant(values[name as keyof typeof values]!, shape)]),
  );
  const found = await run([1, channels, steps], data, (x) =>
    localAttention.forward("it", tensors, x, options),
  );
  const expected = attended(
    Array.from({ length: channels }, (_, c) => [...data.subarray(c * steps, (c + 1) * steps)]),
  ).flat();
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 4);
});
