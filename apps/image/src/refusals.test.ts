import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pictureBytes } from "@nacre/media/pictures";
import { expect, test } from "vitest";
import { call, png, sandbox, soundFile, speech, tinyModel, waves } from "../test/program.js";

const model = ["--model", tinyModel];

test("nothing is overwritten without --force, and an input never", async () => {
  const at = sandbox();
  const bytes = await png(waves(64, 48));
  writeFileSync(at("a.png"), bytes);
  writeFileSync(at("a.nacre"), "mine");
  const refused = await call(["encode", at("a.png"), ...model]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/already there.*--force/) });
  expect(readFileSync(at("a.nacre"), "utf8")).toBe("mine");
  expect((await call(["encode", at("a.png"), "--force", ...model])).code).toBe(0);
  expect(readFileSync(at("a.nacre"), "latin1")).toMatch(/^NACR/);
  expect((await call(["decode", at("a.nacre"), ...model])).err).toContain("already there");
  expect((await call(["compare", at("a.png"), "-o", at("a.png"), "--force", ...model])).code).toBe(2);
  expect(readFileSync(at("a.png")).equals(bytes)).toBe(true);
});

test("what cannot be coded is refused in one sentence that names it, and leaves nothing", async () => {
  const at = sandbox();
  const bytes = await png(waves(64, 48));
  writeFileSync(at("a.png"), bytes);
  writeFileSync(at("cut.png"), bytes.subarray(0, 400));
  writeFileSync(at("empty.png"), "");
  writeFileSync(at("text.jpg"), "no picture at all");
  await call(["encode", at("a.png"), "-o", at("a.nacre"), ...model]);
  const before = readdirSync(at());
  const encode = (...argv: string[]) => ["encode", ...argv, "-o", at("x.nacre"), ...model];
  const cases: [string[], RegExp][] = [
    [encode(at("none.png")), /none\.png does not exist/],
    [encode(at("empty.png")), /empty\.png is empty/],
    [encode(at("cut.png")), /cut\.png is a PNG that is cut short/],
    [encode(at("text.jpg")), /text\.jpg is not a picture file/],
    [encode(speech), /speech\.wav looks like a sound.*nacre-audio/],
    [encode(at("a.nacre")), /a\.nacre is a \.nacre file already.*decode/],
    [encode(at("a.png"), "--max-pixels", "3071"), /64 x 48 pixels, expected at most 3071/],
    [encode(at("a.png"), "--layers", "9"), /9 layers, expected 1 to 3/],
    [["decode", soundFile, "-o", at("x.png"), ...model], /speech\.nacre holds a sound.*use nacre-audio/],
    [["info", soundFile], /holds a sound, expected a picture; use nacre-audio/],
    [["inspect", soundFile], /holds a sound/],
    [["codes", soundFile, "-o", at("x.npy")], /holds a sound/],
    [["trim", soundFile, "--layers", "1", "-o", at("x.nacre")], /holds a sound/],
    [["decode", at("a.png"), "-o", at("x.png")], /./],
    [["decode", at("a.nacre"), "-o", at("x.png")], /no model "tiny-picture@1".*--model/],
    [["decode", at("a.nacre"), "-o", at("x.png"), "--max-pixels", "99", ...model], /at most 99 pixels/],
    [["encode", at("a.png"), "-o", at("x.nacre"), "--model", "speech-24k"], /model of sounds.*nacre-audio/],
  ];
  for (const [argv, words] of cases) {
    const { code, out, err } = await call(argv);
    expect([code, out.toString()], argv.join(" ")).toEqual([1, ""]);
    expect(err).toMatch(/^error: [^\n]+\n$/);
    expect(err).toMatch(words);
  }
  expect(readdirSync(at())).toEqual(before);
});

test.each([
  [["--quality", "101"], "--quality 101, expected a number from 0 to 100"],
  [["--quality", "50", "--bpp", "1"], "cannot be used with"],
  [["--layers", "2", "--psnr", "30"], "cannot be used with"],
  [["--bpp", "0"], "--bpp 0, expected a number above 0"],
])("%j is wrong usage", async (argv, words) => {
  const { code, err } = await call(["encode", "a.png", ...argv]);
  expect([code, err]).toEqual([2, expect.stringContaining(words)]);
});

test("--strip and --no-guard go with --layers", async () => {
  const at = sandbox();
  writeFileSync(at("a.png"), await png(waves(64, 48)));
  const argv = ["encode", at("a.png"), "--layers", "1", "--strip", "--no-guard", ...model];
  expect((await call(argv)).err).toBe("");
});

test("a format that cannot hold the picture is told before anything is written", async () => {
  const at = sandbox();
  const { bytes } = await pictureBytes(waves(17_000, 2), { format: "png" });
  writeFileSync(at("wide.png"), bytes);
  expect((await call(["encode", at("wide.png"), ...model])).code).toBe(0);
  const { code, err } = await call(["decode", at("wide.nacre"), "-o", at("wide.webp"), ...model]);
  expect([code, err]).toEqual([1, expect.stringContaining("at most 16383 on a side")]);
  expect(readdirSync(at()).sort()).toEqual(["wide.nacre", "wide.png"]);
});
