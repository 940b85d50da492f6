import fc from "fast-check";
import { expect, test } from "vitest";
import {
  encodeSymbols,
  parseTables,
  type SymbolTable,
  serializeTables,
  symbolTableFromCounts,
  uniformTable,
} from "./index.js";

const model = expect.objectContaining({ name: "NacreError", code: "model" });

test("a table has sum 65536 and no symbol without a part, whatever was counted", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(2), fc.nat(2 ** 30)), { minLength: 1, maxLength: 100 }),
      (counts) => {
        const { frequencies } = symbolTableFromCounts(counts);
        expect([...frequencies].reduce((sum, one) => sum + one)).toBe(65536);
        expect(Math.min(...frequencies)).toBeGreaterThanOrEqual(1);
      },
    ),
  );
});

test("every share is within one part of exact when no symbol is rare", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1000, max: 60_000 }), { minLength: 1, maxLength: 200 }),
      (counts) => {
        const total = counts.reduce((sum, one) => sum + one);
        for (const [symbol, frequency] of symbolTableFromCounts(counts).frequencies.entries()) {
          expect(Math.abs(frequency - (counts[symbol]! * 65536) / total)).toBeLessThan(1);
        }
      },
    ),
  );
});

test("counts that are parts of 65536 already are kept", () => {
  expect([...symbolTableFromCounts([1, 65535]).frequencies]).toEqual([1, 65535]);
  expect([...symbolTableFromCounts([3, 1]).frequencies]).toEqual([49152, 16384]);
});

test("rare symbols are lifted at the cost of the others, the largest remainder first", () => {
  expect([...symbolTableFromCounts([0, 1, 1, 1]).frequencies]).toEqual([1, 21845, 21845, 21845]);
  expect([...symbolTableFromCounts([1, 1, 1]).frequencies]).toEqual([21846, 21845, 21845]);
  expect([...symbolTableFromCounts([1, 2, 4]).frequencies]).toEqual([9362, 18725, 37449]);
  expect([...symbolTableFromCounts([0, 0, 2 ** 37]).frequencies]).toEqual([1, 1, 65534]);
});

test("uniform tables of every size up to 65536 hold", () => {
  for (const alphabet of [1, 2, 3, 1000, 1024, 65535, 65536]) {
    const { frequencies } = uniformTable(alphabet);
    expect(frequencies.length).toBe(alphabet);
    expect(Math.max(...frequencies) - Math.min(...frequencies)).toBeLessThanOrEqual(1);
  }
});

test("counts and alphabets that make no table are refused", () => {
  for (const counts of [[], [-1, 2], [0.5], [Number.NaN], [2 ** 37, 1], new Array<number>(65537).fill(1)]) {
    expect(() => symbolTableFromCounts(counts)).toThrow(model);
  }
  for (const alphabet of [0, 65537, 1.5]) expect(() => uniformTable(alphabet)).toThrow(model);
});

test("frequencies that make no distribution are refused", () => {
  for (const frequencies of [[], [65535], [0, 65536], [65537, -1], [0.5, 65535.5]]) {
    const table: SymbolTable = { precision: 16, frequencies };
    expect(() => encodeSymbols(new Int32Array(0), table)).toThrow(model);
  }
});

test("tables come back from their bytes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(5000), { minLength: 1, maxLength: 50 }), { maxLength: 5 }),
      (all) => {
        const tables = all.map((counts) => symbolTableFromCounts(counts));
        expect(parseTables(serializeTables(tables))).toEqual(tables);
      },
    ),
  );
});

test("twelve tables of 1024 symbols take about a kilobyte each", () => {
  expect(serializeTables(new Array<SymbolTable>(12).fill(uniformTable(1024))).length).toBe(
    1 + 12 * (2 + 1024),
  );
});

test("tables that are cut, extended or announce too much are refused", () => {
  const bytes = serializeTables([symbolTableFromCounts([5, 1, 700, 80]), uniformTable(7)]);
  for (let length = 0; length < bytes.length; length++)
    expect(() => parseTables(bytes.subarray(0, length))).toThrow(model);
  expect(() => parseTables(Uint8Array.of(...bytes, 0))).toThrow(model);
  expect(() => parseTables(Uint8Array.of(1, 0xff, 0xff, 3, 0))).toThrow(model);
  expect(() => parseTables(Uint8Array.of(0xff, 0xff, 0xff, 0x7f))).toThrow(model);
  expect(() => parseTables(Uint8Array.of(0x80, 0))).toThrow(model);
});

test("no changed bit gives a table that is no distribution", () => {
  const bytes = serializeTables([symbolTableFromCounts([5, 1, 700, 80])]);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => parseTables(changed)).toThrow(model);
  }
});
