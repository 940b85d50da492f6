import { readdirSync, readFileSync, statSync } from "node:fs";
import { readStream, soundHeader, verifyStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { nacre, sandbox, start, tinyModel, tones, until } from "../test/program.js";

const model = ["--model", tinyModel];
const sound = tones({ seconds: 4, sampleRate: 24_000, channels: 1 });

/** Feeds 2.5 of 4 seconds and keeps the pipe open, until a chunk of them is in the unfinished file. */
async function halfway(folder: () => string, argv: string[]) {
  const child = start(argv);
  child.stdin?.write(sound.subarray(0, 44 + 2 * 60_000));
  const unfinished = () => readdirSync(folder()).find((name) => name.endsWith(".tmp"));
  await until(() => {
    const name = unfinished();
    return name !== undefined && statSync(`${folder()}/${name}`).size > 150;
  });
  return { child, unfinished };
}

test("Ctrl-C while a pipe is silent keeps a valid shorter file under its name and says so", async () => {
  const at = sandbox();
  const { child } = await halfway(() => at(), ["encode", "-", "-o", at("a.nacre"), ...model]);
  child.kill("SIGINT");
  const { code, err } = await child.ended;
  expect(code).toBe(130);
  expect(err).toContain("kept so far");
  expect(readdirSync(at())).toEqual(["a.nacre"]);
  const file = readFileSync(at("a.nacre"));
  expect(verifyStream(file).ok).toBe(true);
  const { length, header: read } = readStream(file);
  const header = soundHeader(read);
  expect(length / header.sampleRate).toBeGreaterThan(1);
  expect(length / header.sampleRate).toBeLessThanOrEqual(2.5);
  const heard = await nacre(["decode", at("a.nacre"), "-o", "-", ...model]);
  expect(heard.out.length).toBe(44 + 2 * length);
}, 40_000);

test("a kill leaves a temporary file only, and the next run is not disturbed by it", async () => {
  const at = sandbox();
  const { child, unfinished } = await halfway(() => at(), ["encode", "-", "-o", at("a.nacre"), ...model]);
  child.kill("SIGKILL");
  expect((await child.ended).signal).toBe("SIGKILL");
  expect(readdirSync(at())).toEqual([unfinished()]);
  expect((await nacre(["encode", "-", "-o", at("a.nacre"), ...model], sound)).code).toBe(0);
  expect(readStream(readFileSync(at("a.nacre"))).length).toBe(96_000);
}, 40_000);
