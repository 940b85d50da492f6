import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wavBytes } from "@nacre/media";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { nacre, root, sandbox, speech, start, tinyModel, tones } from "../test/program.js";

const model = ["--model", tinyModel];
const photograph = join(root, "samples", "coffee.png");
const pictureFile = join(root, "packages", "codec", "test", "golden", "scene.nacre");
const oneLine = /^error: [^\n]+\n$/;

test("nothing is overwritten without --force, and an input never", async () => {
  const at = sandbox();
  writeFileSync(at("a.wav"), tones());
  writeFileSync(at("a.nacre"), "mine");
  const refused = await nacre(["encode", at("a.wav"), ...model]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/already there.*--force/) });
  expect(readFileSync(at("a.nacre"), "utf8")).toBe("mine");
  expect((await nacre(["encode", at("a.wav"), "--force", ...model])).code).toBe(0);
  expect(readFileSync(at("a.nacre"), "latin1")).toMatch(/^NACR/);
  expect((await nacre(["encode", at("a.wav"), "-o", at("a.wav"), "--force", ...model])).code).toBe(2);
  expect(readFileSync(at("a.wav")).equals(tones())).toBe(true);
}, 30_000);

test("what cannot be read is refused in one sentence, exit 1, and leaves nothing", async () => {
  const at = sandbox();
  mkdirSync(at("folder"));
  writeFileSync(at("empty.wav"), "");
  writeFileSync(at("zero.wav"), tones({ seconds: 0 }));
  const nan = wavBytes({ sampleRate: 8000, channels: [new Float32Array(9000)] }, { bitDepth: "float32" });
  new DataView(nan.buffer).setFloat32(nan.length - 8, Number.NaN, true);
  writeFileSync(at("nan.wav"), nan);
  const before = readdirSync(at());
  const cases: [string[], RegExp][] = [
    [["encode", at("none.wav"), ...model], /does not exist/],
    [["info", at("folder")], /is a folder/],
    [["decode", at("folder"), "-o", at("x.wav"), "-m", tinyModel], /folder/],
    [["encode", at("empty.wav"), ...model], /is empty/],
    [["encode", at("zero.wav"), ...model], /without samples|zero/],
    [["encode", at("nan.wav"), ...model], /is NaN, expected a finite number/],
    [["info", speech], /does not begin with NACR/],
    [["encode", photograph, "-o", at("x.nacre"), ...model], /coffee\.png is a picture.*nacre-image/],
    [
      ["decode", pictureFile, "-o", at("x.wav"), ...model],
      /holds a picture, expected a sound; use nacre-image/,
    ],
    [["encode", speech, "-o", at("folder"), "--force", ...model], /is a folder/],
    [["encode", speech, "-o", at("x.nacre"), "--model", at("folder")], /model/],
    [["encode", speech, "-o", at("x.nacre"), "--layers", "9", ...model], /9 layers, expected 1 to 4/],
  ];
  const ended = await Promise.all(cases.map(([argv], i) => (i < 2 ? nacre(argv) : call(argv))));
  for (const [i, { code, out, err }] of ended.entries()) {
    expect([code === 0, out.toString()], cases[i]![0].join(" ")).toEqual([false, ""]);
    expect(err).toMatch(oneLine);
    expect(err).toMatch(cases[i]![1]);
  }
  expect(ended.map(({ code }) => code)).toEqual([1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(readdirSync(at())).toEqual(before);
}, 40_000);

test("a file without permission is refused in words", async ({ skip }) => {
  skip(process.getuid?.() === 0, "the superuser may read every file");
  const at = sandbox();
  writeFileSync(at("a.wav"), tones());
  chmodSync(at("a.wav"), 0);
  expect(await nacre(["encode", at("a.wav"), ...model])).toMatchObject({
    code: 1,
    err: expect.stringContaining("may not be opened"),
  });
}, 20_000);

test.runIf(process.platform === "linux")(
  "a full disk is told as one, for files and for pipes",
  async () => {
    const at = sandbox();
    const full = await nacre(["encode", speech, "-o", "/dev/full", ...model]);
    expect(full).toMatchObject({ code: 1, err: expect.stringMatching(/^error: .*the disk is full/) });
    await call(["encode", speech, "-o", at("a.nacre"), ...model]);
    expect((await nacre(["decode", at("a.nacre"), "-o", "/dev/full", ...model])).err).toContain(
      "the disk is full",
    );
  },
  30_000,
);

test("a reader that has enough ends the program quietly", async () => {
  const at = sandbox();
  writeFileSync(at("long.wav"), tones({ seconds: 12 }));
  await call(["encode", at("long.wav"), ...model]);
  const child = start(["decode", at("long.nacre"), "-o", "-", ...model]);
  child.stdout?.once("data", () => child.stdout?.destroy());
  const { code, err } = await child.ended;
  expect([code, err]).toEqual([141, ""]);
}, 40_000);

test("the program says which model a file needs when it is not installed", async () => {
  const at = sandbox();
  await call(["encode", speech, "-o", at("a.nacre"), ...model]);
  const { code, err } = await nacre(["decode", at("a.nacre")]);
  expect([code, err]).toEqual([1, expect.stringMatching(/^error: no model "tiny@1".*--model\n$/)]);
  expect(readdirSync(at())).toEqual(["a.nacre"]);
}, 20_000);
