import { isNacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { configReader } from "./index.js";

const fields = ["size", "share", "causal"];

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}

test("reads fields that are in range, both bounds included", () => {
  const read = configReader("test", { size: 4, share: 0.5, causal: false }, fields);
  expect(read.integer("size", 4, 4)).toBe(4);
  expect(read.number("share", 0.5, 1)).toBe(0.5);
  expect(read.boolean("causal")).toBe(false);
});

test.each([null, 3, "config", [], undefined, { size: 4, other: 1 }])("refuses %j as a config", (json) => {
  expect(codeOf(() => configReader("test", json, fields))).toBe("model");
});

test.each([3, 9, 4.5, Number.NaN, Number.POSITIVE_INFINITY, "4", null, undefined, {}, [4], true])(
  "refuses %j as a whole number from 4 to 8",
  (size) => {
    expect(codeOf(() => configReader("test", { size }, fields).integer("size", 4, 8))).toBe("model");
  },
);

test.each([0, "true", null, undefined])("refuses %j as true or false", (causal) => {
  expect(codeOf(() => configReader("test", { causal }, fields).boolean("causal"))).toBe("model");
});

test("a field that only the prototype has is missing", () => {
  const json = Object.create({ size: 4 });
  expect(codeOf(() => configReader("test", json, fields).integer("size", 4, 8))).toBe("model");
  expect(codeOf(() => configReader("test", JSON.parse('{"__proto__": 1}'), fields))).toBe("model");
});
