import { rm } from "node:fs/promises";
import { readAudio } from "@nacre/nacre";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cut, folderOf } from "../../test/clips.js";
import { tinyModel } from "../../test/models.js";
import { pesqRate, pesqScores, pesqVersions, writeForPesq } from "./judge.js";
import { measurePesq } from "./measure-pesq.js";

let folder: string;
const python = "python3";
const judge = pesqVersions(python);

beforeAll(async () => {
  folder = await folderOf({ "a.wav": await cut("speech", 0, 2) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("without Python, or without pesq, nothing is measured and a sentence says why", async () => {
  const options = { model: tinyModel, rates: [6], every: 1 };
  const none = await measurePesq(folder, { ...options, python: "no-such-python" });
  expect(none).toEqual({ notMeasured: expect.stringMatching(/^not measured: Python could not be started/) });
  const other = await measurePesq(folder, { ...options, python: process.execPath });
  expect(other).toEqual({ notMeasured: expect.stringMatching(/^not measured: .* has no pesq/) });
});

test("the judge is handed one channel of 16 kHz and 16 bits, as long as the sound", async () => {
  const path = await writeForPesq(folder, "wide", await cut("music", 0, 1));
  const { sampleRate, channels } = await readAudio(path);
  expect([sampleRate, channels.map(({ length }) => length)]).toEqual([pesqRate, [pesqRate]]);
});

test.skipIf(typeof judge === "string")("where pesq is there, a sound is as good as itself", async () => {
  const path = await writeForPesq(folder, "speech", await cut("speech", 0, 2));
  const [score] = await pesqScores(python, folder, [{ reference: path, degraded: path }]);
  expect(score).toBeGreaterThan(4.6);
});
