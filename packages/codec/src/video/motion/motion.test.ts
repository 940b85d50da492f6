import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { motionCodes } from "../motion-codes.js";
import { decodeMotion, encodeMotion } from "./code-motion.js";
import { phasePlanes, quarterTaps } from "./interpolate.js";
import { type FramePlanes, mostVector, stillField } from "./motion-field.js";
import { lumaOf, searchMotion } from "./search.js";
import { warpFrame } from "./warp.js";

const size = { width: 92, height: 60 };

/** A picture of smooth noise at three scales, as large as is wanted, in three colours. */
function scene(width: number, height: number): FramePlanes {
  const planes = [0, 1, 2].map((colour) =>
    Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const value = [40, 11, 4].reduce(
        (sum, cell, i) => sum + (90 >> i) * noise(x / cell, y / cell, colour + 5 * i),
        0,
      );
      return Math.round(50 + value);
    }),
  );
  return { width, height, planes };
}

/** Random values at whole places, 0 .. 1, straight lines between them. */
function noise(x: number, y: number, seed: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const value = (column: number, row: number) => {
    let hash = Math.imul(column, 374761393) ^ Math.imul(row, 668265263) ^ Math.imul(seed + 1, 362437);
    hash = Math.imul(hash ^ (hash >>> 13), 1274126177);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
  };
  const line = (row: number) => value(left, row) + (x - left) * (value(left + 1, row) - value(left, row));
  return line(top) + (y - top) * (line(top + 1) - line(top));
}

function cut({ planes, width }: FramePlanes, left: number, top: number): FramePlanes {
  const out = planes.map((plane) => {
    const own = new Uint8Array(size.width * size.height);
    for (let row = 0; row < size.height; row++) {
      const from = (top + row) * width + left;
      own.set(plane.subarray(from, from + size.width), row * size.width);
    }
    return own;
  });
  return { ...size, planes: out };
}

const wide = scene(220, 180);

function randomField(seed: number, most: number) {
  const field = stillField(size);
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let at = 0; at < field.x.length; at++) {
    if (next() < 0.5) continue;
    field.x[at] = Math.round((2 * next() - 1) * most);
    field.y[at] = Math.round((2 * next() - 1) * most);
  }
  return field;
}

describe("the search", () => {
  test.each([
    [0, 0],
    [3, -5],
    [-17, 9],
    [29, 30],
  ])(
    "finds a shift by %i, %i pixels in every block that was in sight, and nothing is left over",
    (dx, dy) => {
      const [before, now] = [cut(wide, 60, 60), cut(wide, 60 + dx, 60 + dy)];
      const field = searchMotion(now, before);
      const warped = warpFrame(before, field);
      let seen = 0;
      for (let row = 0; row < field.rows; row++) {
        for (let column = 0; column < field.columns; column++) {
          const [left, top] = [16 * (column >> 1) + dx, 16 * (row >> 1) + dy];
          const inSight = left >= 0 && top >= 0 && left + 16 <= size.width && top + 16 <= size.height;
          if (!inSight) continue;
          seen++;
          const at = row * field.columns + column;
          expect([field.x[at], field.y[at]], `block ${row}, ${column}`).toEqual([4 * dx, 4 * dy]);
          const place = 8 * row * size.width + 8 * column;
          expect(warped.planes[0]![place]).toBe(now.planes[0]![place]);
        }
      }
      expect(seen).toBeGreaterThan(3);
    },
  );

  test("finds halves and quarters of a pixel where a frame was moved by them", () => {
    const before = cut(wide, 60, 60);
    for (const [x, y] of [
      [2, 0],
      [0, 2],
      [5, -3],
    ] as const) {
      const moved = stillField(size);
      moved.x.fill(x);
      moved.y.fill(y);
      const now = warpFrame(before, moved);
      const field = searchMotion(now, before);
      expect(field.x).toEqual(moved.x);
      expect(field.y).toEqual(moved.y);
    }
  });

  test("splits a block of which a quarter moves on its own, and the parts fit better than one vector", () => {
    const before = cut(wide, 60, 60);
    const moved = stillField(size);
    const at = 2 * moved.columns + 4;
    moved.x[at] = 12;
    moved.y[at] = -8;
    const now = warpFrame(before, moved);
    const field = searchMotion(now, before, { worth: 0.1 });
    expect([field.x[at], field.y[at]]).toEqual([12, -8]);
    expect([field.x[at + 1], field.y[at + 1]]).toEqual([0, 0]);
    expect(warpFrame(before, field).planes).toEqual(now.planes);
  });

  test("motion that costs more is told less of", () => {
    const [before, now] = [cut(wide, 60, 60), cut(scene(220, 181), 64, 61)];
    const [cheap, dear] = [0, 200].map((worth) => encodeMotion(searchMotion(now, before, { worth })).length);
    expect(dear!).toBeLessThan(cheap!);
  });
});

describe("the warp", () => {
  test("copies whole pixels and repeats the edge", () => {
    const reference = cut(wide, 60, 60);
    const field = randomField(3, 40);
    for (let at = 0; at < field.x.length; at++) {
      field.x[at]! &= ~3;
      field.y[at]! &= ~3;
    }
    const warped = warpFrame(reference, field);
    for (let at = 0; at < size.width * size.height; at += 7) {
      const [x, y] = [at % size.width, Math.floor(at / size.width)];
      const block = (y >> 3) * field.columns + (x >> 3);
      const from = {
        x: Math.max(0, Math.min(size.width - 1, x + field.x[block]! / 4)),
        y: Math.max(0, Math.min(size.height - 1, y + field.y[block]! / 4)),
      };
      expect(warped.planes[2]![at]).toBe(reference.planes[2]![from.y * size.width + from.x]);
    }
  });

  test("is at every quarter the sum over all taps of both filters, rounded once", () => {
    const reference = cut(wide, 60, 60);
    const field = randomField(5, 60);
    const [plane] = reference.planes as [Uint8Array];
    const [warped] = warpFrame(reference, field).planes as [Uint8Array];
    for (let at = 0; at < plane.length; at += 5) {
      const [x, y] = [at % size.width, Math.floor(at / size.width)];
      const block = (y >> 3) * field.columns + (x >> 3);
      const [vx, vy] = [field.x[block]!, field.y[block]!];
      let sum = 0;
      for (const [i, down] of quarterTaps[vy & 3]!.entries()) {
        for (const [j, across] of quarterTaps[vx & 3]!.entries()) {
          const line = Math.max(0, Math.min(size.height - 1, y + Math.floor(vy / 4) + i - 3));
          const column = Math.max(0, Math.min(size.width - 1, x + Math.floor(vx / 4) + j - 3));
          sum += down * across * plane[line * size.width + column]!;
        }
      }
      expect(warped[at]).toBe(Math.max(0, Math.min(255, Math.floor(sum / 4096 + 0.5))));
    }
  });

  test("is what the search compares with", () => {
    const reference = cut(wide, 60, 60);
    const luma = lumaOf(reference);
    const margin = 6;
    const { planes, stride } = phasePlanes(luma, size, margin);
    const field = stillField(size);
    field.x.fill(-5);
    field.y.fill(7);
    const [warped] = warpFrame({ ...size, planes: [luma] }, field).planes as [Uint8Array];
    const phase = planes[4 * (7 & 3) + (-5 & 3)]!;
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        expect(phase[(y + 1 + margin) * stride + x - 2 + margin]).toBe(warped[y * size.width + x]);
      }
    }
  });

  test("a filter sums to one, and that of three quarters is that of one quarter turned round", () => {
    for (const taps of quarterTaps) expect(taps.reduce((a, b) => a + b)).toBe(64);
    expect([...quarterTaps[3]!].reverse()).toEqual(quarterTaps[1]);
    expect(quarterTaps[2]).toEqual([...quarterTaps[2]!].reverse());
  });

  test("makes these very bytes on every machine", () => {
    const hash = createHash("sha256");
    for (const plane of warpFrame(cut(wide, 60, 60), randomField(9, mostVector)).planes) hash.update(plane);
    expect(hash.digest("hex").slice(0, 16)).toBe("06e28bc1c2b6d06e");
  });
});

describe("the codes of motion", () => {
  test.each([1, 8, 60, mostVector])("fields of vectors up to %i come back", (most) => {
    for (const seed of [1, 2, 3]) {
      const field = randomField(seed, most);
      expect(decodeMotion(encodeMotion(field), size)).toEqual(field);
    }
  });

  test("a frame where nothing moves, or all together, costs a few bytes", () => {
    const large = { width: 426, height: 240 };
    const field = stillField(large);
    expect(encodeMotion(field).length).toBeLessThan(8);
    field.x.fill(-13);
    field.y.fill(6);
    const bytes = encodeMotion(field);
    expect(bytes.length).toBeLessThan(14);
    expect(decodeMotion(bytes, large)).toEqual(field);
  });

  test("frames smaller than a block have a field too", () => {
    for (const [width, height] of [
      [1, 1],
      [9, 3],
      [16, 17],
    ] as const) {
      const field = stillField({ width, height });
      field.x[field.x.length - 1] = 7;
      expect(decodeMotion(encodeMotion(field), { width, height })).toEqual(field);
    }
  });

  test("these very bytes stand for this field", () => {
    const bytes = encodeMotion(randomField(4, 30));
    expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe("cd9e5f9c9f38b891");
  });

  test("damaged bytes are refused or give another field, never a vector out of range", () => {
    const bytes = encodeMotion(randomField(2, 300));
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 3) {
      const damaged = bytes.map((byte, i) => (i === at ? byte ^ 0x55 : byte));
      try {
        const field = decodeMotion(damaged, size);
        expect(field.x.every((x) => Math.abs(x) <= mostVector)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: "bitstream" });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test("as a layer they serve others, and every code is within its alphabet", () => {
    const { role, grid, alphabet, data } = motionCodes(randomField(2, mostVector));
    expect([role, ...grid]).toEqual(["side", 8, 12, 2]);
    expect(data.every((code) => code >= 0 && code < alphabet)).toBe(true);
  });
});
