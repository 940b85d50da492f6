import { readFileSync, writeFileSync } from "node:fs";
import { readAudio } from "@nacre/media";
import { stoi } from "@nacre/metrics";
import { open, trimLayers } from "@nacre/nacre";
import { roundTripSchema } from "@nacre/report";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { sandbox, tinyModel, tones } from "../test/program.js";

test("a report of sounds has what the measures say of trimmed files, Opus and MP3, and its page plays them", async () => {
  const at = sandbox();
  writeFileSync(at("a.wav"), tones({ seconds: 1, sampleRate: 24_000, channels: 1 }));
  const argv = ["report", at("a.wav"), "-o", at("out"), "--model", tinyModel, "--json"];
  const { code, out } = await call(argv);
  expect(code).toBe(0);
  const report = roundTripSchema.parse(JSON.parse(readFileSync(at("out", "report.json"), "utf8")));
  expect(JSON.parse(out.toString())).toMatchObject({ done: 1, failed: 0, curves: report.curves });
  expect(report.contenders.map(({ name, absent }) => [name, absent])).toEqual([
    ["tiny@1", undefined],
    ["opus", undefined],
    ["mp3", undefined],
  ]);
  const nacre = await open(tinyModel);
  const sound = await readAudio(at("a.wav"));
  const file = await nacre.encode(sound);
  const own = report.files[0]!.points.filter(({ contender }) => contender === "tiny@1");
  expect(own.map(({ layers }) => layers)).toEqual([1, 2, 3, 4]);
  for (const { layers, bytes, values } of own) {
    const trimmed = trimLayers(file, layers!);
    const { channels } = await nacre.decode(trimmed);
    expect(bytes).toBe(trimmed.length);
    expect(values.stoi).toBe(stoi(sound.channels[0]!, channels[0]!, 24_000));
  }
  await nacre.close();
  // The JSON holds no media, the page all of them: the original, four prefixes, and one of each other codec.
  expect(JSON.stringify(report)).not.toContain("data:");
  const page = readFileSync(at("out", "index.html"), "utf8");
  expect(page.match(/data:audio\/wav;base64,/g)!.length).toBeGreaterThanOrEqual(7);
  expect(report.layers.map(({ alphabet }) => alphabet)).toEqual([32, 32, 32, 32]);
}, 60_000);
