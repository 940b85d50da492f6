import { expect, test } from "vitest";
import { NacreError, naming, systemCode, systemError } from "./index.js";

const refused = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

test.each([
  ["ENOENT", "does not exist"],
  ["ENOSPC", "disk is full"],
  ["EISDIR", "is a folder"],
  ["EACCES", "may not be opened"],
])("%s is io, names the file and says that it %s", (code, words) => {
  expect(systemError(refused(code), "a.wav")).toMatchObject({
    code: "io",
    message: expect.stringMatching(new RegExp(`^a\\.wav .*${words}`)),
    cause: expect.objectContaining({ code }),
  });
});

test("a code that is not known is told, and so is what has none", () => {
  expect(systemError(refused("EWHAT"), "a.wav").message).toContain("EWHAT");
  expect(systemError("torn", "a.wav").message).toContain("torn");
  expect([systemCode(refused("EIO")), systemCode(new Error("no code")), systemCode(7)]).toEqual([
    "EIO",
    undefined,
    undefined,
  ]);
});

test("what is worded already passes through as it is", async () => {
  const worded = new NacreError("media", "no sound");
  expect(systemError(worded, "a.wav")).toBe(worded);
  await expect(naming("a.wav", Promise.reject(worded))).rejects.toBe(worded);
  await expect(naming("a.wav", Promise.resolve(3))).resolves.toBe(3);
});
