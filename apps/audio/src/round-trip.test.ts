import { readFileSync, writeFileSync } from "node:fs";
import { readSafetensors } from "@nacre/codec";
import { openAudio, readAudio } from "@nacre/media";
import { readStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { nacre, sandbox, speech, tinyModel, tones } from "../test/program.js";

const model = ["--model", tinyModel];

test("a stereo sound of 44.1 kHz comes back with its rate, its channels and its length to the sample", async () => {
  const at = sandbox();
  writeFileSync(at("a.wav"), tones({ seconds: 1.2345 }));
  const encoded = await nacre(["encode", at("a.wav"), ...model]);
  expect(encoded).toMatchObject({ code: 0, err: "" });
  expect(encoded.out.toString()).toMatch(
    /^.*a\.nacre: \d+ bytes · 1\.23 s · [\d.]+ kbit\/s · 4 layers · [\d.]+x real time/,
  );
  expect((await nacre(["decode", at("a.nacre"), "-o", at("b.wav"), ...model])).code).toBe(0);
  const [before, after] = [await readAudio(at("a.wav")), await readAudio(at("b.wav"))];
  expect([after.sampleRate, after.channels.length]).toEqual([44_100, 2]);
  expect(after.channels.map(({ length }) => length)).toEqual(before.channels.map(({ length }) => length));
  expect(readFileSync(at("b.wav"), "latin1").slice(0, 4)).toBe("RIFF");
  expect(readFileSync(at("b.wav")).readUInt32LE(40)).toBe(before.channels[0]!.length * 4);
}, 30_000);

test("pipes give the same sound as files, and the decoder's pipe says its length where it can", async () => {
  const at = sandbox();
  const sound = tones({ sampleRate: 16_000, channels: 1 });
  writeFileSync(at("a.wav"), sound);
  const piped = await nacre(["encode", "-", ...model], sound);
  expect(piped.code).toBe(0);
  expect((await nacre(["encode", at("a.wav"), ...model])).code).toBe(0);
  // A pipe's length is not announced, so only the headers differ.
  const [one, other] = [readStream(piped.out), readStream(readFileSync(at("a.nacre")))];
  expect(one.chunks).toEqual(other.chunks);
  expect(one.length).toBe(other.length);
  const heard = await nacre(["decode", "-", ...model], piped.out);
  await nacre(["decode", at("a.nacre"), "-o", at("b.wav"), ...model]);
  expect(heard.out.subarray(44).equals(readFileSync(at("b.wav")).subarray(44))).toBe(true);
}, 30_000);

test("trimming gives byte for byte what encoding with fewer layers gives", async () => {
  const at = sandbox();
  await call(["encode", speech, "-o", at("all.nacre"), ...model]);
  await call(["encode", speech, "-o", at("two.nacre"), "--layers", "2", ...model]);
  expect((await call(["trim", at("all.nacre"), "--layers", "2"])).code).toBe(0);
  expect(readFileSync(at("all.layers-2.nacre")).equals(readFileSync(at("two.nacre")))).toBe(true);
  const coarse = await call(["decode", at("all.nacre"), "--layers", "2", "-o", "-", ...model]);
  const same = await call(["decode", at("two.nacre"), "-o", "-", ...model]);
  expect(coarse.out.equals(same.out)).toBe(true);
}, 30_000);

test("--kbps is the rate of the whole file, all channels together, and what is impossible names the nearest", async () => {
  const at = sandbox();
  writeFileSync(at("a.wav"), tones({ seconds: 5 }));
  for (const kbps of [2, 3]) {
    const { out, code } = await call([
      "encode",
      at("a.wav"),
      "--kbps",
      `${kbps}`,
      "--force",
      "--json",
      ...model,
    ]);
    expect(code).toBe(0);
    const real = (readFileSync(at("a.nacre")).length * 8) / 5 / 1000;
    expect(real).toBeLessThanOrEqual(kbps);
    expect(JSON.parse(out.toString()).kbps).toBeCloseTo(real, 9);
    expect(JSON.parse(out.toString()).layers).toBeGreaterThanOrEqual(1);
  }
  const refused = await call(["encode", at("a.wav"), "-o", at("b.nacre"), "--kbps", "0.1", ...model]);
  expect(refused.code).toBe(1);
  const nearest = Number(/at least ([\d.]+)/.exec(refused.err)?.[1]);
  expect(
    (await call(["encode", at("a.wav"), "-o", at("b.nacre"), "--kbps", `${nearest + 0.01}`, ...model])).code,
  ).toBe(0);
}, 40_000);

test("--bits chooses the samples of the WAV file", async () => {
  const at = sandbox();
  await call(["encode", speech, "-o", at("a.nacre"), ...model]);
  for (const [bits, depth] of [
    ["16", 16],
    ["24", 24],
    ["32f", 32],
  ] as const) {
    await call(["decode", at("a.nacre"), "-o", at(`${bits}.wav`), "--bits", bits, ...model]);
    const opened = await openAudio(at(`${bits}.wav`));
    expect(opened).toMatchObject({ bitDepth: depth, sampleRate: 16_000, length: 103_200 });
    await opened.close();
  }
}, 30_000);

test("codes are arrays whose headers have the sizes, the same from a sound and from its file", async () => {
  const at = sandbox();
  await call(["encode", speech, "-o", at("a.nacre"), ...model]);
  await call(["codes", speech, "-o", at("a.npy"), ...model]);
  await call(["codes", at("a.nacre"), "-o", at("b.npy"), ...model]);
  await call(["codes", at("a.nacre"), "-o", at("b.safetensors"), ...model]);
  const npy = readFileSync(at("a.npy"));
  const { chunks } = readStream(readFileSync(at("a.nacre")));
  const frames = chunks.reduce((sum, chunk) => sum + chunk.frames, 0);
  expect(npy.toString("latin1", 1, 6)).toBe("NUMPY");
  expect(npy.toString("latin1", 0, 128)).toContain(
    `'descr': '<i4', 'fortran_order': False, 'shape': (4, 1, ${frames})`,
  );
  expect(npy.length).toBe(10 + npy.readUInt16LE(8) + 4 * 4 * frames);
  expect(readFileSync(at("b.npy")).equals(npy)).toBe(true);
  const { tensors, metadata } = readSafetensors(readFileSync(at("b.safetensors")));
  expect(Object.keys(tensors)).toEqual(["layer.0", "layer.1", "layer.2", "layer.3"]);
  expect(tensors["layer.3"]?.shape).toEqual([1, frames]);
  expect(metadata).toMatchObject({ model: "tiny@1", entries: "32,32,32,32" });
}, 40_000);
