import { isNacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { architectureByName } from "./index.js";

const list = [
  { name: "first", version: 1 },
  { name: "second", version: 1 },
  { name: "second", version: 3 },
];

test("an architecture is found by name and version, the newest when none is named", () => {
  expect(architectureByName("encoder", list, "second", 1)).toBe(list[1]);
  expect(architectureByName("encoder", list, "second")).toBe(list[2]);
});

test.each([
  ["nobody", undefined, "model", /names encoder "nobody".*first, second/],
  ["n".repeat(1000), undefined, "model", /"n{40}"/],
  ["second", 2, "version", /version 2 of second.*at most 3/],
  ["first", 9, "version", /version 9 of first.*at most 1/],
])("%s in version %s is refused with a sentence", (name, version, code, sentence) => {
  let error: unknown;
  try {
    architectureByName("encoder", list, name, version);
  } catch (thrown) {
    error = thrown;
  }
  expect(isNacreError(error) && error.code).toBe(code);
  expect((error as Error).message).toMatch(sentence);
});
