import { readdirSync, readFileSync } from "node:fs";
import { readStream } from "@nacre/nacre";
import { expect, test } from "vitest";
import { call, sandbox, start, tinyModel, y4m } from "../test/program.js";

const model = ["--model", tinyModel, "--matrix", "bt601"];

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("Ctrl-C leaves a playable file of the frames that were coded", async () => {
  const at = sandbox();
  const child = start(["encode", "-", "-o", at("a.nacre"), ...model]);
  const bytes = await y4m(Array.from({ length: 40 }, (_, frame) => frame));
  const temporary = () => readdirSync(at()).find((name) => name.endsWith(".tmp"));
  // Half a video, then silence: the pipe is neither closed nor goes on.
  child.stdin?.write(bytes.subarray(0, bytes.length / 2));
  await until(() => {
    const name = temporary();
    return name !== undefined && readFileSync(at(name)).length > 500;
  });
  child.kill("SIGINT");
  const { code, err } = await child.ended;
  expect([code, err]).toEqual([130, expect.stringMatching(/kept so far: .*a\.nacre: .* \d+ frames/)]);
  const { length } = readStream(readFileSync(at("a.nacre")));
  expect(length).toBeGreaterThan(0);
  const decoded = await call(["decode", at("a.nacre"), "-o", at("b.y4m"), "--model", tinyModel]);
  expect(decoded.code).toBe(0);
  expect(decoded.out.toString()).toContain(`${length} frame`);
});
