import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeG722 } from "./decode-g722.js";

const golden = (name: string) => readFileSync(new URL(`../../test/g722/${name}`, import.meta.url));

function samples16(bytes: Uint8Array): Int16Array {
  return Int16Array.from(decodeG722(bytes).channels[0]!, (value) => value * 32768);
}

test("G.722 gives the samples of other decoders, bit for bit", () => {
  const wanted = golden("sweep.s16");
  const found = samples16(golden("sweep.g722"));
  expect(found).toHaveLength(4000);
  expect([...found]).toEqual(Array.from(found, (_, i) => wanted.readInt16LE(2 * i)));
});

test("G.722 gives the samples of other decoders for any bytes, those beyond full scale among them", () => {
  // The linear congruence of Numerical Recipes; its upper bits.
  let state = 1;
  const bytes = Uint8Array.from({ length: 65_536 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  const found = samples16(bytes);
  expect(found).toContain(-32_768);
  expect(createHash("sha256").update(new Uint8Array(found.buffer)).digest("hex")).toBe(
    "a0c4c5cb982b52261f8f345b88fd2b6dcd0031191ca323e419bef36424a22889",
  );
});

test("G.722 is mono at 16 kHz, two samples a byte, and nothing out of nothing", () => {
  const { sampleRate, channels } = decodeG722(new Uint8Array(7));
  expect([sampleRate, channels.length, channels[0]!.length]).toEqual([16_000, 1, 14]);
  expect(decodeG722(new Uint8Array(0)).channels).toEqual([new Float32Array(0)]);
});
