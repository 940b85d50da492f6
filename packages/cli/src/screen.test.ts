import { expect, test } from "vitest";
import { capturedIo } from "../test/captured-io.js";
import { progressLine } from "./progress.js";
import { createScreen } from "./screen.js";
import { table } from "./table.js";

test("a line of progress fits the terminal and never passes 100 %", () => {
  expect(progressLine("3 s", 3, 6, 60)).toBe(`${"█".repeat(12)}${"░".repeat(12)}  50 %  3 s`);
  expect(progressLine("over", 9, 6, 60)).toContain("100 %");
  for (const columns of [0, 1, 5, 30])
    expect([...progressLine("a long label", 1, 2, columns)].length).toBeLessThanOrEqual(Math.max(1, columns));
  expect(progressLine("pipe", 1.25, undefined, 60)).toBe("pipe  1.3");
});

test("a bar is drawn ten times a second at most, and a sentence takes it away first", () => {
  const io = capturedIo({ terminal: true, env: { NO_COLOR: "1" } });
  let now = 0;
  const screen = createScreen(io, () => now);
  for (; now < 1000; now++) screen.progress("work", now, 1000);
  expect(io.err().match(/\r█*░* *\d+ %/g)).toHaveLength(10);
  const before = io.err().length;
  screen.note("warning", "odd\nfile \u001b[2Jname");
  expect(io.err().slice(before)).toBe("\r\u001b[Kwarning: odd file ?[2Jname\n");
});

test("columns are as wide as their widest cell, and numbers stand at the right", () => {
  const lines = table(
    [
      ["a", "1"],
      ["long", "100"],
    ],
    [1],
  );
  expect(lines).toBe("a       1\nlong  100");
});
