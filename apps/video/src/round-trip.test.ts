import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { readSafetensors } from "@nacre/codec";
import { readPicture } from "@nacre/media/pictures";
import { openVideo } from "@nacre/media/video";
import { readAudio, readStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { call, sandbox, smallFacts, speech, start, tinyModel, tinySoundModel, y4m } from "../test/program.js";

const model = ["--model", tinyModel];
const bt601 = ["--matrix", "bt601"];
const steps = [0, 1, 2, 2, 2, 3];

test("a video comes back with its size, its frames and its rate, and the line says what it cost", async () => {
  const at = sandbox();
  const facts = smallFacts({ width: 37, height: 21, rate: { numerator: 30_000, denominator: 1001 } });
  writeFileSync(at("a.y4m"), await y4m(steps, facts));
  const encoded = await call(["encode", at("a.y4m"), ...bt601, ...model]);
  expect(encoded).toMatchObject({ code: 0, err: "" });
  expect(encoded.out.toString()).toMatch(
    /a\.nacre: \d+ bytes · [\d.]+ kbit\/s · [\d.]+ bit\/pixel · 37 x 21 pixels · 6 frames · 2 of them repeated · 0\.20 s · 3 layers · [\d.]+ frames\/s\n$/,
  );
  expect((await call(["decode", at("a.nacre"), "-o", at("b.y4m"), ...model])).code).toBe(0);
  const { frames, close, warnings: _none, ...after } = await openVideo(at("b.y4m"));
  expect(after).toEqual({ ...facts, count: 6 });
  const seen: string[] = [];
  for await (const { planes } of frames) seen.push(Buffer.concat(planes).toString("base64"));
  await close();
  expect([seen[3], seen[4]]).toEqual([seen[2], seen[2]]);
  expect(new Set(seen).size).toBe(4);
});

test("pipes give the same bytes as files", async () => {
  const at = sandbox();
  const bytes = await y4m(steps);
  writeFileSync(at("a.y4m"), bytes);
  await call(["encode", at("a.y4m"), ...bt601, ...model]);
  await call(["decode", at("a.nacre"), "-o", at("b.y4m"), ...model]);
  const encode = start(["encode", "-", ...bt601, ...model]);
  encode.stdin?.end(bytes);
  const piped = await encode.ended;
  expect(piped.code).toBe(0);
  // A pipe does not say how many frames will come, so the header is a byte shorter.
  expect(readStream(piped.out).chunks).toEqual(readStream(readFileSync(at("a.nacre"))).chunks);
  const decode = start(["decode", "-", ...model]);
  decode.stdin?.end(piped.out);
  expect((await decode.ended).out.equals(readFileSync(at("b.y4m")))).toBe(true);
});

test("a clip with sound goes there and back in one file: as many samples, the sound where it was", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m(Array.from({ length: 100 }, (_, frame) => frame % 3)));
  const argv = ["encode", at("a.y4m"), "--soundtrack", speech, "--sound-model", tinySoundModel];
  const encoded = await call([...argv, ...bt601, ...model]);
  expect(encoded).toMatchObject({ code: 0, err: "" });
  expect(encoded.out.toString()).toContain("sound of 16000 Hz, 1 channel");
  const info = JSON.parse((await call(["info", at("a.nacre"), "--json"])).out.toString());
  expect(info).toMatchObject({ frames: 100, seconds: 4, sound: { sampleRate: 16_000, channels: 1 } });
  expect((await call(["verify", at("a.nacre")])).code).toBe(0);
  const { header, soundLength } = readStream(readFileSync(at("a.nacre")));
  const before = await readAudio(speech);
  expect(soundLength).toBe(before.channels[0]!.length);
  expect(header).toMatchObject({ sound: { model: expect.stringMatching(/^tiny/) } });
  // The model of the sound is no installed one, and the file names it.
  const refused = await call(["decode", at("a.nacre"), "-o", at("b.wav"), ...model]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("tiny") });
  const own = ["--sound-model", tinySoundModel];
  expect((await call(["decode", at("a.nacre"), "-o", at("b.wav"), ...own, ...model])).code).toBe(0);
  expect((await readAudio(at("b.wav"))).channels[0]!.length).toBe(soundLength);
});

test("sound of the shipped model comes back alone as WAV, whole or a part of it", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m([0, 1]));
  await call(["encode", at("a.y4m"), "--soundtrack", speech, "--sound-layers", "2", ...bt601, ...model]);
  const decode = (out: string, ...more: string[]) =>
    call(["decode", at("a.nacre"), "-o", at(out), ...model, ...more]);
  expect(await decode("b.wav")).toMatchObject({ code: 0, err: "" });
  expect(await decode("c.wav", "--from", "1", "--to", "2.5")).toMatchObject({ code: 0, err: "" });
  const [before, whole, part] = await Promise.all(
    [speech, at("b.wav"), at("c.wav")].map((path) => readAudio(path)),
  );
  const { sampleRate } = before!;
  expect(whole).toMatchObject({ sampleRate });
  expect(whole!.channels[0]!.length).toBe(before!.channels[0]!.length);
  expect(part!.channels[0]!.length).toBe(1.5 * sampleRate);
  const own = whole!.channels[0]!.subarray(sampleRate, 2.5 * sampleRate);
  const far = part!.channels[0]!.reduce((most, sample, i) => Math.max(most, Math.abs(sample - own[i]!)), 0);
  expect(far).toBeLessThan(1e-3);
});

test("--from and --to give the frames that are shown between, also of a longer file by its index", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m(Array.from({ length: 25 }, (_, frame) => frame)));
  await call(["encode", at("a.y4m"), ...bt601, "--layers", "1", ...model]);
  await call(["decode", at("a.nacre"), "-o", at("all.y4m"), ...model]);
  const part = await call([
    "decode",
    at("a.nacre"),
    "-o",
    at("b.y4m"),
    "--from",
    "0.4",
    "--to",
    "00:00:00.6",
    ...model,
  ]);
  expect(part.out.toString()).toContain("5 frames · 0.20 s");
  const [all, some] = ["all.y4m", "b.y4m"].map((name) => readFileSync(at(name)));
  const frame = 48 * 32 * 1.5 + "FRAME\n".length;
  const head = all!.length - 25 * frame;
  expect(some!.subarray(head).equals(all!.subarray(head + 10 * frame, head + 15 * frame))).toBe(true);
  expect(
    await call(["decode", at("a.nacre"), "-o", at("c.y4m"), "--from", "2", "--to", "1", ...model]),
  ).toMatchObject({
    code: 2,
  });
});

test("numbered pictures go in and out as a folder", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m([0, 1, 2]));
  await call(["encode", at("a.y4m"), ...bt601, ...model]);
  expect((await call(["decode", at("a.nacre"), "-o", at("row", "%04d.png"), ...model])).code).toBe(0);
  expect(readdirSync(at("row")).sort()).toEqual(["0001.png", "0002.png", "0003.png"]);
  const again = await call(["encode", at("row"), "--rate", "12.5", ...model]);
  expect(again).toMatchObject({ code: 0, err: "" });
  expect(again.out.toString()).toMatch(/row\.nacre: .* 48 x 32 pixels · 3 frames · 0\.24 s/);
  await call(["decode", at("row.nacre"), "-o", at("seen", "%d.png"), "--format", "png", ...model]);
  const picture = await readPicture(at("seen", "3.png"));
  expect([picture.width, picture.height, picture.colour]).toEqual([48, 32, "rgb"]);
  renameSync(at("row", "0002.png"), at("row", "0009.png"));
  expect(await call(["encode", at("row"), "-f", ...model])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/no frame 2: after 0001\.png comes 0003\.png/),
  });
  mkdirSync(at("empty"));
  expect(await call(["encode", at("empty"), ...model])).toMatchObject({ code: 1 });
});

test("codes are [layers, frames, rows, columns, codes], and trimming and inspecting need what they say", async () => {
  const at = sandbox();
  writeFileSync(at("a.y4m"), await y4m(steps));
  await call(["encode", at("a.y4m"), ...bt601, ...model]);
  const told = await call(["codes", at("a.nacre"), "-o", at("a.safetensors"), ...model]);
  expect(told.out.toString()).toContain("= [3, 4, 4, 4, 8]");
  const { tensors } = readSafetensors(readFileSync(at("a.safetensors")));
  expect(Object.keys(tensors).sort()).toEqual(["layer.0", "layer.1", "layer.2", "side.0"]);
  await call(["trim", at("a.nacre"), "--layers", "1", "-o", at("b.nacre")]);
  expect(readStream(readFileSync(at("b.nacre"))).header.layers).toHaveLength(2);
  const found = await call(["inspect", at("a.nacre"), "--original", at("a.y4m"), "--json", ...model]);
  const report = JSON.parse(found.out.toString());
  expect(report).toMatchObject({ frames: 6, kinds: [{ kind: "intra", frames: 4 }, {}, { frames: 2 }, {}] });
  const bytes = report.layers.reduce((sum: number, layer: { bytes: number }) => sum + layer.bytes, 0);
  expect(bytes + report.totals.container).toBe(report.totals.bytes);
  const [one, , three] = report.layers
    .slice(1)
    .map(({ quality }: { quality: { psnrRgb: number } }) => quality.psnrRgb);
  expect(three).toBeGreaterThan(one);
});
