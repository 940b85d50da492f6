import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, sandbox, tinyModel } from "../test/program.js";

const job = (cwd: string, model: string) =>
  spawnSync(process.execPath, [join(root, "apps", "audio", "dist", "job.js")], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NACRE_MODEL: model },
  });

test("the main job prints the table of layers, ends with the files it made, and replaces its own", () => {
  const at = sandbox();
  symlinkSync(join(root, "samples"), at("samples"));
  mkdirSync(at("out"));
  writeFileSync(at("out", "speech.nacre"), "of the last time");
  const { status, stdout, stderr } = job(at(), tinyModel);
  expect([status, stderr]).toEqual([0, ""]);
  for (const head of ["layer", "nominal", "bits", "usage", "perpl.", "energy", "SI-SDR", "mel"])
    expect(stdout).toContain(head);
  expect(readdirSync(at("out")).sort()).toEqual([
    "speech-report",
    "speech.decoded.wav",
    "speech.html",
    "speech.nacre",
  ]);
  expect(readdirSync(at("out", "speech-report")).sort()).toEqual(["index.html", "report.json"]);
  const end = stdout.slice(stdout.lastIndexOf("Made:"));
  for (const name of readdirSync(at("out"))) expect(end).toContain(`out/${name}`);
  expect(readFileSync(at("out", "speech.nacre"), "latin1")).toMatch(/^NACR/);
  expect(readFileSync(at("out", "speech.decoded.wav")).length).toBe(44 + 2 * 103_200);
  expect(readFileSync(at("out", "speech.html"), "utf8").match(/<audio /g)).toHaveLength(5);
}, 180_000);

test("the main job without its model says so in one sentence and fails", () => {
  const at = sandbox();
  symlinkSync(join(root, "samples"), at("samples"));
  const { status, stderr } = job(at(), "no-such-model");
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^error: no model "no-such-model"[^\n]*\n$/)]);
}, 20_000);
