import { NacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { keptSound } from "./kept.js";

const sound = (blocks: AsyncIterable<Float32Array[]>) => ({ sampleRate: 8000, channelCount: 1, blocks });

test("a sound that breaks is kept up to there with a warning, and one without a sample is left out", async () => {
  const warnings: string[] = [];
  const task = { warn: (sentence: string) => void warnings.push(sentence) };
  async function* broken() {
    yield [Float32Array.of(1, 2)];
    yield [Float32Array.of(3)];
    throw new NacreError("media", "cut short");
  }
  const kept = await keptSound(sound(broken()), "a.mp4", task);
  const samples: number[] = [];
  for await (const [block] of kept!.blocks) samples.push(...block!);
  expect([samples, warnings]).toEqual([[1, 2, 3], ["the sound of a.mp4 ends early: cut short"]]);
  async function* empty() {
    yield [new Float32Array(0)];
  }
  expect(await keptSound(sound(empty()), "a.mp4", task)).toBeUndefined();
  async function* faulty() {
    yield [new Float32Array(0)];
    throw new TypeError("ours");
  }
  await expect(keptSound(sound(faulty()), "a.mp4", task)).rejects.toThrow(TypeError);
});
