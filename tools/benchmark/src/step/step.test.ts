import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recipeByName } from "@nacre/training";
import { expect, test } from "vitest";
import { measureStep } from "./measure-step.js";
import { profileStep } from "./profile-step.js";
import { soundCorpus } from "./sound-corpus.js";

const shipped = recipeByName("speech-24k");
const small = {
  ...shipped,
  batch: 1,
  encoder: { ...shipped.encoder, dim: 16, blocks: 1 },
  decoder: { ...shipped.decoder, dim: 16, blocks: 1 },
};

test("without PyTorch our own step is measured, the peer is named as not measured, nothing is left", async () => {
  const speech = fileURLToPath(new URL("../../../../samples/speech.wav", import.meta.url));
  const folder = join(tmpdir(), `nacre-step-test-${process.pid}`);
  const options = { folder, python: "no-such-python", threads: 1, rounds: 2, agree: 3 };
  const result = await measureStep(small, await soundCorpus(speech, 24_000), options);
  expect(result.torch).toEqual({ notMeasured: expect.stringContaining("Python could not be started") });
  expect(result.onnx.count).toBe(6);
  expect(result.onnx.minimum).toBeGreaterThan(0);
  expect(result.onnx.median).toBeGreaterThanOrEqual(result.onnx.minimum);
  expect(result.ratioOfMinima).toBeUndefined();
  expect(existsSync(folder)).toBe(false);
});

test("a profile gives every type of node its share, the dearest first", async () => {
  const { byType, milliseconds, nodes } = await profileStep(small, { threads: 1, steps: 2 });
  expect(byType.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(byType.reduce((sum, each) => sum + each.milliseconds, 0)).toBeCloseTo(milliseconds, 3);
  expect(byType.reduce((sum, each) => sum + each.nodes, 0)).toBe(nodes);
  expect(byType.map(({ share }) => share)).toEqual(
    byType.map(({ share }) => share).toSorted((a, b) => b - a),
  );
  expect(byType.some(({ type }) => type === "Gemm")).toBe(true);
});
