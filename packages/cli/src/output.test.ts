import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sandbox } from "../test/sandbox.js";
import { openOutput } from "./output.js";

const options = (force = false, inputs: string[] = []) => ({ force, inputs, temporaries: new Set<string>() });
const bytes = (text: string) => Buffer.from(text);

test("nobody sees a half-written file: a temporary name first, then the name itself", async () => {
  const at = sandbox();
  const given = options();
  const output = await openOutput(at("a.bin"), given);
  await output.write(bytes("half"));
  expect(readdirSync(at())).toEqual([expect.stringMatching(/^\.a\.bin\.[\w-]+\.tmp$/)]);
  expect(given.temporaries.size).toBe(1);
  await output.rewriteStart(bytes("HA"));
  await output.keep();
  expect(readdirSync(at())).toEqual(["a.bin"]);
  expect(readFileSync(at("a.bin"), "utf8")).toBe("HAlf");
  expect(given.temporaries.size).toBe(0);
});

test("two results of one name do not spoil each other while they are written; the first one gets it", async () => {
  const at = sandbox();
  const [one, other] = [await openOutput(at("a.bin"), options()), await openOutput(at("a.bin"), options())];
  await other.write(bytes("other"));
  await one.write(bytes("one"));
  await one.keep();
  await expect(other.keep()).rejects.toMatchObject({ code: "exists" });
  expect(readdirSync(at())).toEqual(["a.bin"]);
  expect(readFileSync(at("a.bin"), "utf8")).toBe("one");
});

test("a dropped result leaves nothing and the old file as it was", async () => {
  const at = sandbox({ "a.bin": "old" });
  const output = await openOutput(at("a.bin"), options(true));
  await output.write(bytes("new"));
  await output.drop();
  expect(readdirSync(at())).toEqual(["a.bin"]);
  expect(readFileSync(at("a.bin"), "utf8")).toBe("old");
});

test("a file that is there stays without force, also one that comes while writing", async () => {
  const at = sandbox({ "a.bin": "old" });
  await expect(openOutput(at("a.bin"), options())).rejects.toMatchObject({ code: "exists" });
  const output = await openOutput(at("b.bin"), options());
  writeFileSync(at("b.bin"), "someone else's");
  await expect(output.keep()).rejects.toMatchObject({ code: "exists" });
  expect(readFileSync(at("b.bin"), "utf8")).toBe("someone else's");
  expect(readdirSync(at())).toEqual(["a.bin", "b.bin"]);
});

test("the file that is read is never written, by whatever name", async () => {
  const at = sandbox({ "a.bin": "old" });
  symlinkSync(at("a.bin"), at("link.bin"));
  for (const name of ["a.bin", "link.bin"]) {
    await expect(openOutput(at(name), options(true, [at("a.bin")]))).rejects.toMatchObject({ code: "usage" });
  }
});

test("a link stays a link and its file gets the result", async () => {
  const at = sandbox({ "a.bin": "old" });
  symlinkSync(at("a.bin"), at("link.bin"));
  const output = await openOutput(at("link.bin"), options(true));
  await output.write(bytes("new"));
  await output.keep();
  expect(lstatSync(at("link.bin")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at("a.bin"), "utf8")).toBe("new");
});

test("folders, missing folders and names under a file are told in words", async () => {
  const at = sandbox({ file: "" });
  mkdirSync(at("folder"));
  await expect(openOutput(at("folder"), options(true))).rejects.toThrow("is a folder");
  await expect(openOutput(at("none", "a.bin"), options())).rejects.toThrow(/there is no folder .*none/);
  await expect(openOutput(at("file", "a.bin"), options())).rejects.toMatchObject({ code: "io" });
});

test("a name as long as the disk allows can still be written", async () => {
  const at = sandbox();
  const name = `${"n".repeat(245)}.nacre`;
  const output = await openOutput(at(name), options());
  await output.keep();
  expect(readdirSync(at())).toEqual([name]);
});

test.runIf(process.platform === "linux")(
  "a full device says so, and a device is never replaced",
  async () => {
    const output = await openOutput("/dev/full", options());
    await expect(output.write(bytes("x"))).rejects.toThrow("the disk is full");
    await output.drop();
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
  },
);
