import { readFileSync, writeFileSync } from "node:fs";
import { layerBytes, readStream, soundHeader } from "@nacre/bitstream";
import { afterAll, describe, expect, test } from "vitest";
import { readNpy } from "../test/npy.js";
import {
  chunk,
  decodeAll,
  encodeAll,
  hop,
  hum,
  largestDifference,
  openTiny,
  sameSound,
  speech,
} from "../test/tiny.js";
import { fileCodes, writeNpy } from "./index.js";

// Files that the tiny model wrote once. NACRE_GOLDEN=write writes them anew: only beside a new format.
const codec = await openTiny();
afterAll(() => codec.close());
const sounds = {
  speech: { channels: [await speech()], layers: 4 },
  // Two channels, two layers, an odd length just beyond a chunk.
  stereo: { channels: [hum(chunk + 77, 5), hum(chunk + 77, 6)], layers: 2 },
};
const names = ["speech", "stereo"] as const;
/** Samples of the first channel that are stored, around the first seam. */
const heard = [chunk - 600, chunk + 77] as const;
/** Largest difference of a decoded sample between machines; full scale is 1. */
const tolerance = 2e-5;

const at = (name: string) => new URL(`../test/golden/${name}`, import.meta.url);
const stored = (name: string) => new Uint8Array(readFileSync(at(name)));

/** Codes of a file as one array [layer, channel, frame]. */
function allCodes(file: Uint8Array) {
  const codes = fileCodes(codec.model, file);
  const data = codes.flat().flatMap((each) => [...each.data]);
  return { shape: [codes.length, codes[0]!.length, codes[0]![0]!.grid[0]!], data: Int32Array.from(data) };
}

async function opening(file: Uint8Array) {
  const { channels } = await decodeAll(codec, file);
  return channels[0]!.subarray(...heard);
}

if (process.env.NACRE_GOLDEN === "write") {
  for (const name of names) {
    const { channels, layers } = sounds[name];
    const file = await encodeAll(codec, channels, { layers });
    writeFileSync(at(`${name}.nacre`), file);
    writeFileSync(at(`${name}.codes.npy`), writeNpy(allCodes(file)));
    const samples = (await opening(file)).slice();
    writeFileSync(at(`${name}.sound.npy`), writeNpy({ shape: [samples.length], data: samples }));
  }
}

describe.each(names)("the golden file %s", (name) => {
  const file = stored(`${name}.nacre`);

  test("has the stored codes, on any machine", () => {
    expect(allCodes(file)).toEqual(readNpy(stored(`${name}.codes.npy`)));
  });

  test(`decodes to the stored samples within ${tolerance}`, async () => {
    const expected = readNpy(stored(`${name}.sound.npy`)).data as Float32Array;
    expect(expected.some((value) => Math.abs(value) > 0.001)).toBe(true);
    expect(largestDifference(expected, await opening(file))).toBeLessThan(tolerance);
  });

  test("is what encoding gives here, but for 0.1 percent of the codes", async () => {
    const { channels, layers } = sounds[name];
    const codes = allCodes(await encodeAll(codec, channels, { layers }));
    const expected = allCodes(file);
    expect(codes.shape).toEqual(expected.shape);
    const changed = codes.data.filter((code, place) => code !== expected.data[place]).length;
    expect(changed / codes.data.length).toBeLessThanOrEqual(0.001);
  });

  test("gives the same codes and sound on one thread and on several", async () => {
    const other = await openTiny(3);
    const [one, several] = [await decodeAll(codec, file), await decodeAll(other, file)];
    await other.close();
    expect(largestDifference(one.channels[0]!, several.channels[0]!)).toBeLessThan(tolerance);
    expect(sameSound(one.channels, (await decodeAll(codec, file)).channels)).toBe(true);
  });
});

test("the codes of the golden speech are spread: no layer rests on a few entries", () => {
  const file = stored("speech.nacre");
  for (const [first] of fileCodes(codec.model, file)) expect(new Set(first!.data).size).toBeGreaterThan(20);
  const { header: read, length } = readStream(file);
  const header = soundHeader(read);
  expect([header.model, header.sampleRate, header.channels]).toEqual(["tiny@1", 24_000, 1]);
  const { layers, container } = layerBytes(file);
  const bits = (bytes: number) => (bytes * 8) / (length / header.sampleRate);
  // Four layers of five bits at 75 frames per second are 1500 bits per second before tables.
  expect(bits(layers.reduce((sum, bytes) => sum + bytes, 0))).toBeLessThan(1500 * 1.02);
  expect(layers.reduce((sum, bytes) => sum + bytes, container)).toBe(file.length);
  expect(Math.ceil(length / hop)).toBeGreaterThan(400);
});
