import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { verifyStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { nacre, root, sandbox, tinyModel, tones } from "../test/program.js";

const model = ["--model", tinyModel];

test("a folder there and back: one bad file is named, the rest is done, names keep their folders", async () => {
  const at = sandbox();
  mkdirSync(at("in", "deep"), { recursive: true });
  writeFileSync(at("in", "one.wav"), tones({ channels: 1, sampleRate: 8000 }));
  writeFileSync(at("in", "deep", "two.wav"), tones({ sampleRate: 48_000 }));
  writeFileSync(at("in", "bad.wav"), "no sound");
  const { code, out, err } = await nacre(["encode", at("in"), "--out-dir", at("files"), "--json", ...model]);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: [^\n]*bad\.wav[^\n]*\n$/);
  expect(JSON.parse(out.toString())).toMatchObject({ done: 2, failed: 1 });
  const back = await nacre(["decode", at("files"), "--out-dir", at("back"), "--jobs", "2", ...model]);
  expect(back.code).toBe(0);
  expect(back.out.toString()).toContain("2 done, 0 failed");
  expect(readFileSync(at("back", "deep", "two.wav")).length).toBe(44 + 4 * Math.round(1.2 * 48_000));
  expect(readFileSync(at("back", "one.wav")).length).toBe(44 + 2 * Math.round(1.2 * 8000));
}, 40_000);

test("two inputs with one output are refused before anything is written", async () => {
  const at = sandbox();
  mkdirSync(at("b"));
  writeFileSync(at("x.wav"), tones());
  writeFileSync(at("b", "x.wav"), tones());
  const { code, err } = await nacre(["encode", at("x.wav"), at("b", "x.wav"), "-d", at("out"), ...model]);
  expect([code, err]).toEqual([2, expect.stringContaining("would both become")]);
  expect(existsSync(at("out"))).toBe(false);
}, 20_000);

// Broken, exotic and hostile WAV files that are kept beside the repository and not in it.
const odd = join(dirname(root), "shared", "media", "speech", "odd");

test("every odd file is encoded or refused with one sentence", async ({ skip }) => {
  skip(!existsSync(odd), "the collection of odd files is not on this machine");
  const at = sandbox();
  cpSync(odd, at("odd"), { recursive: true, dereference: true });
  const names = readdirSync(at("odd")).filter((name) => name.endsWith(".wav"));
  const { out, err } = await nacre(["encode", at("odd"), "-d", at("files"), "--json", ...model]);
  const { done, failed, files } = JSON.parse(out.toString()) as {
    done: number;
    failed: number;
    files: { input: string; output?: string; error?: string }[];
  };
  expect(done + failed).toBe(names.length);
  expect(done).toBeGreaterThan(names.length / 2);
  for (const { input, output, error } of files) {
    if (output) expect(verifyStream(readFileSync(output)).ok, input).toBe(true);
    else expect(error, input).toMatch(/^[^\n]{10,300}$/);
  }
  for (const line of err.trim().split("\n")) expect(line).toMatch(/^(error|warning): /);
  expect(err).not.toMatch(/should not|undefined|\[object/);
  expect(readdirSync(at("files")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
}, 60_000);
