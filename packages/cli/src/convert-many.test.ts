import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { type CapturedIo, capturedIo } from "../test/captured-io.js";
import { census, letters } from "../test/letters.js";
import { sandbox } from "../test/sandbox.js";
import { run } from "./run.js";

const call = async (argv: string[], io: CapturedIo = capturedIo()) => ({
  code: await run(letters, argv, io),
  out: io.out(),
  err: io.err(),
});
const tree = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

beforeEach(() => {
  Object.assign(census, { open: 0, most: 0 });
});

test("a folder keeps its shape, a bad file is named, the rest is done, and the exit code is 1", async () => {
  const at = sandbox({ "in/a.txt": "a", "in/deep/er/b.TXT": "b", "in/bad.txt": "!", "in/other.md": "c" });
  const { code, out, err } = await call(["encode", at("in"), "-d", at("out")]);
  expect(code).toBe(1);
  expect(err).toBe(`error: ${at("in", "bad.txt")}: a text that shouts\n`);
  expect(out).toContain("2 done, 1 failed");
  expect(readdirSync(at("out")).sort()).toEqual(["a.nacre", "deep"]);
  expect(readdirSync(at("out", "deep", "er"))).toEqual(["b.nacre"]);
});

test("a thousand files go through as many models as there are jobs", async () => {
  const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`in/${i % 7}/${i}.txt`, `${i}`]));
  const at = sandbox(files);
  const { code, out } = await call(["encode", at("in"), "-d", at("out"), "-j", "3", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ done: 1000, failed: 0 });
  expect(tree(at("out"))).toBe(1000);
  expect(census).toEqual({ open: 0, most: 3 });
});

test("two inputs that would become one file are refused before anything is written", async () => {
  const at = sandbox({ "one/a.txt": "1", "two/a.txt": "2" });
  const { code, err } = await call(["encode", at("one", "a.txt"), at("two"), "-d", at("out")]);
  expect(code).toBe(2);
  expect(err).toContain("would both become");
  expect(readdirSync(at())).toEqual(["one", "two"]);
});

test("a result that would replace one of the inputs is refused, also with --force", async () => {
  const at = sandbox({ "in/a.txt": "a" });
  await call(["encode", at("in"), "-d", at("files")]);
  const { code, err } = await call(["trim", at("files"), "-d", at("files"), "-l", "1", "--force"]);
  expect(code).toBe(2);
  expect(err).toContain("one of the files that are read");
});

test("files that are there stay, and with --force they are replaced", async () => {
  const at = sandbox({ "in/a.txt": "new", "in/b.txt": "b", "out/a.nacre": "old" });
  expect(await call(["encode", at("in"), "-d", at("out")])).toMatchObject({ code: 1 });
  expect(readFileSync(at("out", "a.nacre"), "utf8")).toBe("old");
  expect(await call(["encode", at("in"), "-d", at("out"), "--force"])).toMatchObject({ code: 0 });
  expect(readFileSync(at("out", "a.nacre"), "latin1")).toMatch(/^NACR/);
});

test("links that lead round in a circle are gone through once", async () => {
  const at = sandbox({ "in/a.txt": "a", "in/deep/b.txt": "b" });
  symlinkSync(at("in"), at("in", "deep", "loop"));
  symlinkSync(at("nowhere"), at("in", "dangling.txt"));
  const { code, out } = await call(["encode", at("in"), "-d", at("out"), "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out).done).toBe(2);
});

test("a model that does not exist is told once, not for every file", async () => {
  const at = sandbox({ "in/a.txt": "a", "in/b.txt": "b" });
  const { code, err } = await call(["encode", at("in"), "-d", at("out"), "-m", "none"]);
  expect([code, err]).toEqual([1, 'error: no model "none"\n']);
});

test("several inputs or a folder need a folder for their results", async () => {
  const at = sandbox({ "in/a.txt": "a", "in/b.txt": "b" });
  mkdirSync(at("empty"));
  expect(await call(["encode", at("in")])).toMatchObject({ code: 2 });
  expect(await call(["encode", at("in", "a.txt"), at("in", "b.txt")])).toMatchObject({ code: 2 });
  expect((await call(["encode", at("empty"), "-d", at("out")])).err).toContain("holds no file");
});

test("an interruption finishes the files in work whole, begins no other and says how many are left", async () => {
  const at = sandbox({ "in/a.txt": "a", "in/b.txt": "b", "in/c.txt": "c" });
  let io: CapturedIo;
  const write = async () => io.interrupt();
  io = capturedIo({ write });
  expect(await run(letters, ["encode", at("in"), "-d", at("out"), "-j", "1"], io)).toBe(130);
  expect(readdirSync(at("out"))).toEqual(["a.nacre"]);
  expect(io.err()).toContain("2 files were not begun");
});

test("an argument that does not exist is one of the failures beside others, and the only one is the error", async () => {
  const at = sandbox({ "in/a.txt": "a" });
  const { code, out, err } = await call(["encode", at("in"), at("none.txt"), "-d", at("out"), "--json"]);
  expect([code, JSON.parse(out).failed]).toEqual([1, 1]);
  expect(err).toContain("none.txt does not exist");
  expect(await call(["encode", at("none.txt"), "-d", at("out")])).toMatchObject({ code: 1, out: "" });
});

test("of many files a warning says whose it is", async () => {
  const at = sandbox({ "in/a.txt": "who?", "in/b.txt": "me" });
  const io = capturedIo();
  expect(await run(letters, ["encode", at("in"), "-d", at("out")], io)).toBe(0);
  expect(io.err()).toBe(`warning: ${at("in", "a.txt")}: a question\n`);
});
