import { readdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { call, png, sandbox, start, tinyModel, waves } from "../test/program.js";
import { until } from "../test/until.js";

const model = ["--model", tinyModel];

test("Ctrl-C in the middle of a picture keeps nothing, says so and ends with 130", async () => {
  const at = sandbox();
  const bytes = await png(waves(400, 300));
  writeFileSync(at("a.png"), bytes);
  await call(["encode", at("a.png"), ...model]);
  for (const argv of [
    ["encode", at("a.png"), "-o", at("b.nacre"), ...model],
    ["decode", at("a.nacre"), "-o", at("b.png"), ...model],
    ["compare", at("a.png"), "-o", at("b.png"), ...model],
  ]) {
    const { code, err } = await call(argv, bytes, (press) => queueMicrotask(press));
    expect([code, err], argv[0]).toEqual([130, expect.stringContaining("nothing was kept")]);
  }
  expect(readdirSync(at()).sort()).toEqual(["a.nacre", "a.png"]);
});

test("Ctrl-C while a pipe is silent ends at once and leaves nothing", async () => {
  const at = sandbox();
  const child = start(["encode", "-", "-o", at("a.nacre"), ...model]);
  child.stdin?.write((await png(waves(64, 48))).subarray(0, 200));
  await until(() => readdirSync(at()).length === 1);
  child.kill("SIGINT");
  const { code, err } = await child.ended;
  expect([code, err]).toEqual([130, expect.stringContaining("nothing was kept")]);
  expect(readdirSync(at())).toEqual([]);
});

test("of a folder the files in work are finished whole, and the others are not begun", async () => {
  const at = sandbox();
  for (const name of ["a", "b", "c"]) writeFileSync(at(`${name}.png`), await png(waves(64, 48)));
  const argv = ["encode", at(), "-d", at("out"), "-j", "1", ...model];
  let press: () => void = () => undefined;
  const ended = call(argv, undefined, (pressed) => {
    press = pressed;
  });
  await until(() => readdirSync(at()).includes("out") && readdirSync(at("out")).length > 0);
  press();
  const { code, err } = await ended;
  expect([code, err]).toEqual([130, expect.stringMatching(/[12] files were not begun/)]);
  for (const name of readdirSync(at("out"))) expect(name).toMatch(/^[ab]\.nacre$/);
});
