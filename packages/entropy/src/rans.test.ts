import fc from "fast-check";
import { expect, test } from "vitest";
import { randomFrom, referenceDecode, referenceEncode } from "../test/reference.js";
import {
  decodeSymbols,
  encodeSymbols,
  idealBits,
  type SymbolTable,
  symbolTableFromCounts,
  uniformTable,
} from "./index.js";

const cases = fc
  .array(fc.oneof(fc.nat(3), fc.nat(100_000)), { minLength: 1, maxLength: 40 })
  .chain((counts) =>
    fc.record({
      counts: fc.constant(counts),
      symbols: fc.array(fc.nat(counts.length - 1), { maxLength: 200 }),
    }),
  );

/** Symbols drawn from the table itself. */
function draw(table: SymbolTable, count: number, seed: number): Int32Array {
  const random = randomFrom(seed);
  return Int32Array.from({ length: count }, () => {
    let slot = Math.floor(random() * 65536);
    let symbol = 0;
    while (slot >= table.frequencies[symbol]!) slot -= table.frequencies[symbol++]!;
    return symbol;
  });
}

const skewed = symbolTableFromCounts(
  Array.from({ length: 1024 }, (_, rank) => Math.floor(1e6 / (rank + 1) ** 1.5)),
);

test("symbols come back from their bytes, for any table", () => {
  fc.assert(
    fc.property(cases, ({ counts, symbols }) => {
      const table = symbolTableFromCounts(counts);
      const bytes = encodeSymbols(Int32Array.from(symbols), table);
      expect([...decodeSymbols(bytes, symbols.length, table)]).toEqual(symbols);
    }),
  );
});

test("bytes and symbols are those of a BigInt coder", () => {
  fc.assert(
    fc.property(cases, ({ counts, symbols }) => {
      const table = symbolTableFromCounts(counts);
      const frequencies = [...table.frequencies];
      const bytes = encodeSymbols(Int32Array.from(symbols), table);
      expect([...bytes]).toEqual(referenceEncode(symbols, frequencies));
      expect(referenceDecode(bytes, symbols.length, frequencies)).toEqual(symbols);
    }),
  );
});

test("states above 2^31 agree with the BigInt coder", () => {
  const table: SymbolTable = { precision: 16, frequencies: [1, 65534, 1] };
  const symbols = Array.from({ length: 3000 }, (_, at) => (at % 7 === 0 ? 2 : at % 11 === 0 ? 0 : 1));
  expect([...encodeSymbols(Int32Array.from(symbols), table)]).toEqual(
    referenceEncode(symbols, [...table.frequencies]),
  );
});

test("the bytes of a fixed sequence never change", () => {
  const bytes = encodeSymbols(
    Int32Array.of(0, 1, 2, 3, 3, 3, 2, 1, 0, 3, 3, 3),
    symbolTableFromCounts([1, 2, 3, 10]),
  );
  expect(Buffer.from(bytes).toString("hex")).toBe("2bb10c5001");
  const wide = encodeSymbols(Int32Array.of(0, 1023, 512, 7, 300), uniformTable(1024));
  expect(Buffer.from(wide).toString("hex")).toBe("4b0b003fc001c1");
});

test.each([
  { name: "uniform", table: uniformTable(1024) },
  { name: "skewed", table: skewed },
])("10 000 $name symbols of 1024 cost at most .1 percent more than ideal", ({ table }) => {
  const symbols = draw(table, 10_000, 5);
  const bytes = encodeSymbols(symbols, table);
  expect(decodeSymbols(bytes, symbols.length, table)).toEqual(symbols);
  expect(bytes.length * 8).toBeLessThanOrEqual(1.001 * idealBits(symbols, table));
});

test("a few symbols cost at most three bytes above ideal, and two on average", () => {
  const excess: number[] = [];
  for (const table of [uniformTable(1024), uniformTable(3), skewed, symbolTableFromCounts([1, 1, 1, 5000])]) {
    for (let count = 0; count < 100; count++) {
      const symbols = draw(table, count, count + 1);
      excess.push(encodeSymbols(symbols, table).length - idealBits(symbols, table) / 8);
    }
  }
  expect(Math.max(...excess)).toBeLessThanOrEqual(3);
  expect(excess.reduce((sum, one) => sum + one) / excess.length).toBeLessThan(2);
});

test("no symbols cost no bytes, and so do symbols that cannot be otherwise", () => {
  expect(encodeSymbols(new Int32Array(0), uniformTable(1024))).toEqual(new Uint8Array(0));
  expect(decodeSymbols(new Uint8Array(0), 0, uniformTable(1024))).toEqual(new Int32Array(0));
  const lone = uniformTable(1);
  expect(encodeSymbols(new Int32Array(500), lone)).toEqual(new Uint8Array(0));
  expect(decodeSymbols(new Uint8Array(0), 500, lone)).toEqual(new Int32Array(500));
});

test("ideal bits of a uniform table are log2 of its alphabet", () => {
  expect(idealBits(Int32Array.of(4, 9, 1023), uniformTable(1024))).toBeCloseTo(30, 10);
  expect(idealBits(Int32Array.of(0, 1), { precision: 16, frequencies: [16384, 49152] })).toBeCloseTo(
    2 + Math.log2(4 / 3),
    10,
  );
});

test("a context model sees what is decoded so far, and shortens what it foresees", () => {
  const likely = [0, 1, 2, 3].map((next) =>
    symbolTableFromCounts([0, 1, 2, 3].map((s) => (s === next ? 97 : 1))),
  );
  const follow = (position: number, known: Int32Array) =>
    likely[position === 0 ? 0 : (known[position - 1]! + 1) % 4]!;
  const symbols = Int32Array.from({ length: 400 }, (_, at) => (at % 50 === 0 ? 2 : at % 4));
  const bytes = encodeSymbols(symbols, follow);
  expect(decodeSymbols(bytes, symbols.length, follow)).toEqual(symbols);
  expect(bytes.length).toBeLessThan(encodeSymbols(symbols, uniformTable(4)).length / 2);
});

test("a context model that looks ahead sees zeros, so it cannot break the file", () => {
  const tables = [symbolTableFromCounts([9, 1]), symbolTableFromCounts([1, 9])];
  const peek = (position: number, known: Int32Array) => tables[known[position]!]!;
  const symbols = Int32Array.of(1, 0, 1, 1, 0, 1);
  expect(decodeSymbols(encodeSymbols(symbols, peek), 6, peek)).toEqual(symbols);
});

test("bytes too many are refused, cut ones nearly always, and neither crashes", () => {
  const symbols = draw(skewed, 300, 9);
  const bytes = encodeSymbols(symbols, skewed);
  expect(() => decodeSymbols(Uint8Array.of(...bytes, 7), 300, skewed)).toThrow(
    expect.objectContaining({ code: "bitstream" }),
  );
  let accepted = 0;
  for (let length = 0; length < bytes.length; length++) {
    try {
      decodeSymbols(bytes.subarray(0, length), 300, skewed);
      accepted++;
    } catch (error) {
      expect(error).toMatchObject({ name: "NacreError", code: "bitstream" });
    }
  }
  expect(accepted).toBeLessThanOrEqual(bytes.length / 20);
});

test("arbitrary bytes decode or are refused, and what decodes has no second spelling", () => {
  const table = symbolTableFromCounts([5, 1, 9, 2]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(30), (bytes, count) => {
      try {
        expect(encodeSymbols(decodeSymbols(bytes, count, table), table)).toEqual(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: "NacreError", code: "bitstream" });
      }
    }),
    { numRuns: 2000 },
  );
});

test("a count out of range is refused before anything is allocated", () => {
  for (const count of [-1, 1.5, 2 ** 40, Number.NaN]) {
    expect(() => decodeSymbols(new Uint8Array(0), count, uniformTable(2))).toThrow(
      expect.objectContaining({ code: "bitstream" }),
    );
  }
});

test("a symbol outside its table is refused", () => {
  for (const symbol of [-1, 4]) {
    expect(() => encodeSymbols(Int32Array.of(symbol), uniformTable(4))).toThrow(
      expect.objectContaining({ code: "shape" }),
    );
  }
});
