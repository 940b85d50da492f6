import { describe, expect, test } from "vitest";
import { assert, isNacreError, NacreError } from "./index.js";

describe("a NacreError", () => {
  test("is one sentence of what was found, expected and to be done", () => {
    const error = new NacreError("option", { found: "rate is 0", expected: "above 0", mend: "give a rate" });
    expect(error.message).toBe("rate is 0, expected above 0; give a rate");
  });

  test.each([
    [{ found: "cut" }, "cut"],
    [{ found: "cut", expected: "4 bytes" }, "cut, expected 4 bytes"],
    [{ found: "cut", mend: "copy it again" }, "cut; copy it again"],
  ])("leaves out the parts that are not known: %o", (parts, sentence) => {
    expect(new NacreError("bitstream", parts).message).toBe(sentence);
  });

  test("takes a sentence as it is and keeps code, name and cause", () => {
    const cause = new RangeError("deep");
    const error = new NacreError("io", "the disk is full", { cause });
    expect(error).toMatchObject({ name: "NacreError", code: "io", message: "the disk is full", cause });
    expect(error).toBeInstanceOf(Error);
  });

  test("is told from every other error", () => {
    expect(isNacreError(new NacreError("io", "x"))).toBe(true);
    expect([new Error("x"), { code: "io", name: "NacreError" }, undefined].some(isNacreError)).toBe(false);
  });
});

describe("assert", () => {
  test("passes what is true", () => {
    expect(() => assert(1, "one holds")).not.toThrow();
  });

  test.each([[false], [0], [""], [null], [undefined]])(
    "throws an ordinary Error that names the promise for %o",
    (value) => {
      let thrown: unknown;
      try {
        assert(value, "frames fill the window");
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ message: "broken promise: frames fill the window" });
      expect(isNacreError(thrown)).toBe(false);
    },
  );
});
