import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import { chunk, decodeAll, encodeAll, hop, largestDifference, openTiny, speech } from "../test/tiny.js";
import { createCodec } from "./index.js";

// Rule 7 of docs/architecture.md: where the windows lie must not be heard. Half a window, in whole frames.
const half = 37;
const codec = await openTiny();
afterAll(() => codec.close());
const voice = await speech();
const shifted = new Float32Array(half * hop + voice.length);
shifted.set(voice, half * hop);

test("windows shifted by half a window change at most 0.1 percent of the codes", async () => {
  const { past } = codec.model.encoder.network.describe(codec.model.encoder.config).receptiveField;
  const [own, other] = await Promise.all([codec.codes(voice), codec.codes(shifted)]);
  for (const [layer, { data }] of own.entries()) {
    const compared = data.subarray(past);
    const changed = compared.filter((code, at) => code !== other[layer]!.data[half + past + at]).length;
    expect(changed / compared.length, `layer ${layer + 1}`).toBeLessThanOrEqual(0.001);
  }
});

test("the sound at seams is within 0.3 dB of what it is where no seam lies", async () => {
  const [own, other] = await Promise.all(
    [voice, shifted].map(
      async (sound) => (await decodeAll(codec, await encodeAll(codec, [sound]))).channels[0]!,
    ),
  );
  const elsewhere = other!.subarray(half * hop);
  const around = 3 * hop;
  let [atSeam, withoutSeam] = [0, 0];
  for (let seam = chunk; seam + around < voice.length; seam += chunk) {
    for (let n = seam - around; n < seam + around; n++) {
      atSeam += (own![n]! - voice[n]!) ** 2;
      withoutSeam += (elsewhere[n]! - voice[n]!) ** 2;
    }
  }
  expect(Math.abs(10 * Math.log10(atSeam / withoutSeam))).toBeLessThan(0.3);
  // Here the context is whole, so the two agree far beyond what the rule asks.
  const settled = 20 * hop;
  expect(largestDifference(own!.subarray(settled), elsewhere.subarray(settled))).toBeLessThan(1e-6);
});

test("networks that have no form for running are run by their definition, to the same codes and sound", async () => {
  const { infer: _encoder, ...encoder } = codec.model.encoder.network;
  const { infer: _decoder, ...decoder } = codec.model.decoder.network;
  const plain = await createCodec(
    {
      ...codec.model,
      encoder: { ...codec.model.encoder, network: encoder },
      decoder: { ...codec.model.decoder, network: decoder },
    },
    createRuntime({ worker: false }),
    { threads: 1 },
  );
  const [own, other] = [await codec.codes(voice), await plain.codes(voice)];
  const codes = own.map(({ data }) => data);
  for (const [layer, { data }] of other.entries()) {
    const changed = data.filter((code, at) => code !== codes[layer]![at]).length;
    expect(changed / data.length, `layer ${layer + 1}`).toBeLessThanOrEqual(0.001);
  }
  const sounds = [await codec.synthesize(codes, voice.length), await plain.synthesize(codes, voice.length)];
  await plain.close();
  expect(sounds[0]!.some((value) => Math.abs(value) > 0.1)).toBe(true);
  expect(largestDifference(sounds[0]!, sounds[1]!)).toBeLessThan(2e-5);
});
