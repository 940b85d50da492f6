import { expect, test } from "vitest";
import { untilAborted } from "./until-aborted.js";

test("all values pass while nobody aborts, and errors pass too", async () => {
  async function* failing() {
    yield 1;
    yield 2;
    throw new Error("broken");
  }
  const seen: number[] = [];
  const reading = async () => {
    for await (const value of untilAborted(failing(), new AbortController().signal)) seen.push(value);
  };
  await expect(reading()).rejects.toThrow("broken");
  expect(seen).toEqual([1, 2]);
});

test("an abort ends the values at once, also while the source is silent for ever", async () => {
  const controller = new AbortController();
  async function* silent() {
    yield 1;
    await new Promise(() => undefined);
  }
  const seen: number[] = [];
  for await (const value of untilAborted(silent(), controller.signal)) {
    seen.push(value);
    setTimeout(() => controller.abort(), 5);
  }
  expect(seen).toEqual([1]);
});

test("a source that is left early is closed", async () => {
  let closed = false;
  async function* source() {
    try {
      for (;;) yield 1;
    } finally {
      closed = true;
    }
  }
  for await (const _ of untilAborted(source(), new AbortController().signal)) break;
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(closed).toBe(true);
});
