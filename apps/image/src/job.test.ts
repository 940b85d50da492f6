import { spawnSync } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, sandbox, tinyModel } from "../test/program.js";

test("the picture half of npm start prints bytes and PSNR and ends with the files it made", () => {
  const at = sandbox();
  symlinkSync(join(root, "samples"), at("samples"));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "apps/image/dist/job.js")], {
    cwd: at(),
    encoding: "utf8",
    env: { ...process.env, NACRE_PICTURE_MODEL: tinyModel },
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/coffee\.nacre: \d+ bytes · [\d.]+ bit\/pixel · 480 x 320 pixels/);
  expect(stdout).toMatch(/codec +setting +bytes +bit\/pixel +PSNR +MS-SSIM\ntiny-picture@1/);
  const end = stdout.slice(stdout.lastIndexOf("Made:"));
  expect(readdirSync(at("out"))).toHaveLength(4);
  expect(readdirSync(at("out", "coffee-report")).sort()).toEqual(["index.html", "report.json"]);
  for (const name of readdirSync(at("out"))) expect(end).toContain(`out/${name}`);
}, 180_000);
