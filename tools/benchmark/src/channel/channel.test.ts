import { rm } from "node:fs/promises";
import { join } from "node:path";
import { siSdr } from "@nacre/metrics";
import { open, readAudio } from "@nacre/nacre";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cut, folderOf } from "../../test/clips.js";
import { scalarLevels, scalarsModel, tinyModel } from "../../test/models.js";
import { bareBits, withBitErrors } from "./bit-errors.js";
import { type ChannelResult, measureChannel } from "./measure-channel.js";

let folder: string;
let scalars: string;
let result: ChannelResult;

beforeAll(async () => {
  const sound = await cut("speech", 1, 2.5);
  scalars = await scalarsModel(sound.channels[0]!);
  folder = await folderOf({ "a.wav": sound, "b.wav": sound });
  result = await measureChannel(folder, {
    ...{ models: [tinyModel, scalars], seed: 5, every: 2, p: [0.001, 0.1], alone: [0.1] },
  });
});
afterAll(async () => {
  for (const each of [folder, scalars]) await rm(each, { recursive: true, force: true });
});

test("each bit is turned over with its probability, on its own, and the same seed turns the same bits", () => {
  const codes = Int32Array.from({ length: 20_000 }, (_, i) => (i * 37) % 1024);
  const arrived = withBitErrors(codes, [1024], 0.05, 3, 1);
  for (let bit = 0; bit < 10; bit++) {
    const share = codes.filter((code, at) => ((code ^ arrived[at]!) >> bit) & 1).length / codes.length;
    // Five standard deviations of a mean of 20 000 draws.
    expect(Math.abs(share - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / codes.length));
  }
  const whole = codes.filter((code, at) => code === arrived[at]).length / codes.length;
  expect(whole).toBeCloseTo(0.95 ** 10, 2);
  expect(withBitErrors(codes, [1024], 0.05, 3, 1)).toEqual(arrived);
  expect(withBitErrors(codes, [1024], 0.05, 3, 2)).not.toEqual(arrived);
});

test("damage at a low probability is part of that at a higher one", () => {
  const codes = Int32Array.from({ length: 5000 }, (_, i) => i % 256);
  const [some, more] = [0.01, 0.05].map((p) => withBitErrors(codes, [256], p, 9));
  for (const [at, code] of codes.entries()) expect((code ^ some![at]!) & ~(code ^ more![at]!)).toBe(0);
  expect(some).not.toEqual(codes);
});

test("what falls outside an alphabet arrives as its last entry, at the place it belongs to", () => {
  const codes = new Int32Array(800).map((_, at) => (at * 5) % scalarLevels[at % 8]!);
  const turned = withBitErrors(codes, scalarLevels, 1, 1);
  const expected = codes.map((code, at) => {
    const levels = scalarLevels[at % 8]!;
    return Math.min(levels - 1, 2 ** bareBits(levels) - 1 - code);
  });
  expect(turned).toEqual(expected);
  expect(scalarLevels.map(bareBits)).toEqual([3, 2, 3, 1, 2, 2, 3, 4]);
});

test("an undamaged channel gives what the file of the sound decodes to", async () => {
  for (const [index, name] of [tinyModel, scalars].entries()) {
    const nacre = await open(name, { threads: 1 });
    const original = await readAudio(join(folder, "a.wav"));
    const decoded = await nacre.decode(await nacre.encode(original));
    await nacre.close();
    const expected = siSdr(original.channels[0]!, decoded.channels[0]!);
    expect(result.models[index]!.undamaged.siSdr!.mean).toBe(expected);
  }
});

test("both kinds of quantizer go through: bare rates, and the shares of codes that bits of them change", async () => {
  const [vectors, points] = result.models;
  expect([vectors!.quantizer, points!.quantizer]).toEqual(["residual-vector", "residual-finite-scalar"]);
  expect(points!.bareKbps).toBeCloseTo((3 * 20 * 75) / 1000, 9);
  expect(result.files).toEqual(["a.wav"]);
  const nacre = await open(tinyModel, { threads: 1 });
  const [entries] = nacre.model.alphabets;
  await nacre.close();
  expect(2 ** bareBits(entries!)).toBe(entries);
  // In an alphabet that fills its bits every turned bit is another code; some 460 codes know it to .02.
  const changed = vectors!.alone.reduce((sum, each) => sum + each.changed / vectors!.layers, 0);
  expect(Math.abs(changed - (1 - 0.9 ** bareBits(entries!)))).toBeLessThan(0.1);
  for (const { undamaged, all, alone, layers } of result.models) {
    expect(all.map(({ p }) => p)).toEqual([0.001, 0.1]);
    expect(alone.map(({ layer }) => layer)).toEqual(Array.from({ length: layers }, (_, i) => i + 1));
    expect(all[0]!.changed).toBeLessThan(all[1]!.changed / 10);
    for (const { measures } of [...all, ...alone]) {
      expect(Object.keys(measures)).toEqual(["siSdr", "melDistance", "stoi"]);
      expect(measures.melDistance!.mean).not.toBe(undamaged.melDistance!.mean);
    }
  }
});

test("a model sends the layers that fit into a rate, and odd options are refused", async () => {
  const few = await measureChannel(folder, {
    ...{ models: [scalars], seed: 5, every: 2, p: [], alone: [], kbps: 3 },
  });
  expect([few.models[0]!.layers, few.models[0]!.bareKbps]).toEqual([2, 3]);
  const refusal = expect.objectContaining({ code: "option" });
  const options = { models: [scalars], seed: 5, p: [0.1], alone: [] };
  await expect(measureChannel(folder, { ...options, kbps: 1 })).rejects.toEqual(refusal);
  await expect(measureChannel(folder, { ...options, p: [1.5] })).rejects.toEqual(refusal);
  await expect(measureChannel(folder, { ...options, every: 0 })).rejects.toEqual(refusal);
});
