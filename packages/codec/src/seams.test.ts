import { afterAll, expect, test } from "vitest";
import { chunk, decodeAll, encodeAll, hop, largestDifference, openTiny, speech } from "../test/tiny.js";

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
