import fc from "fast-check";
import { expect, test } from "vitest";
import { type InnerWindow, innerWindows, wholeGroups } from "./inner-windows.js";

const layouts = fc.record({
  past: fc.nat(5),
  chunk: fc.integer({ min: 1, max: 5 }),
  future: fc.nat(7),
  together: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 60 }),
  pieces: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
});

test("windows lie inside the signal, are of one size, and their chunks are the signal, with its context", () => {
  fc.assert(
    fc.property(layouts, ({ width, length, pieces, together, ...groups }) => {
      const layout = {
        past: groups.past * together,
        chunk: groups.chunk * together,
        future: groups.future * together,
        together,
      };
      const signal = Float32Array.from({ length }, (_, n) => n + 1);
      const frames = wholeGroups(length / width, together);
      const size = Math.min(frames, layout.past + layout.chunk + layout.future);
      const padded = [...signal, ...new Array(frames * width - length).fill(0)];
      let at = 0;
      for (const window of cut(signal, width, layout, pieces)) {
        const values = [...window.channels[0]!];
        const from = at - window.first;
        expect(from % together).toBe(0);
        expect(values.length).toBe(size * width);
        expect(values).toEqual(padded.slice(from * width, (from + size) * width));
        expect(window.frames).toBe(Math.min(layout.chunk, frames - at));
        expect(window.first).toBeGreaterThanOrEqual(Math.min(layout.past, at));
        const behind = size - window.first - window.frames;
        expect(behind).toBeGreaterThanOrEqual(Math.min(layout.future, frames - at - window.frames));
        at += window.frames;
      }
      expect(at).toBe(frames);
    }),
  );
});

test("all channels are cut alike", () => {
  const windows = innerWindows<Int32Array>((n) => new Int32Array(n), 2, 1, {
    past: 1,
    chunk: 2,
    future: 0,
    together: 1,
  });
  const found = [...windows.add([Int32Array.of(1, 2, 3), Int32Array.of(4, 5, 6)]), ...windows.finish()];
  expect(found.map(({ channels }) => channels.map((values) => [...values]))).toEqual([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
  expect(found.map(({ first, frames }) => [first, frames])).toEqual([
    [0, 2],
    [2, 1],
  ]);
});

function cut(
  signal: Float32Array,
  width: number,
  layout: { past: number; chunk: number; future: number; together: number },
  sizes: readonly number[],
): InnerWindow<Float32Array>[] {
  const windows = innerWindows<Float32Array>((n) => new Float32Array(n), 1, width, layout);
  const found: InnerWindow<Float32Array>[] = [];
  for (let at = 0, turn = 0; at < signal.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    found.push(...windows.add([signal.subarray(at, at + size)]));
    at += size;
  }
  return [...found, ...windows.finish()];
}
