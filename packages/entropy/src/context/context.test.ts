import { NacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { randomFrom } from "../../test/reference.js";
import {
  checkContext,
  encodeChosen,
  halvesOf,
  idealBitsChosen,
  type LinearContext,
  magnitudeFeature,
  openSymbols,
  openTileContext,
  scalarProduct,
  simdProduct,
  symbolTableFromCounts,
} from "../index.js";

const random = randomFrom(5);
const int8 = (length: number, most = 127) =>
  Int8Array.from({ length }, () => Math.round((2 * random() - 1) * most));

const [channels, sideChannels, reach] = [5, 3, 9];
const context: LinearContext = {
  channels,
  sideChannels,
  reach,
  tables: 16,
  precision: 8,
  layers: [
    {
      bias: Int32Array.from({ length: 2 * channels }, (_, i) => 900 + 100 * i),
      sources: [
        {
          feature: "side",
          layer: 0,
          diagonal: false,
          shift: 1,
          weights: int8(16 * channels * sideChannels, 9),
        },
        {
          feature: "neighbours",
          layer: 0,
          diagonal: false,
          shift: 0,
          weights: int8(channels * channels, 20),
        },
      ],
    },
    {
      bias: Int32Array.from({ length: 2 * channels }, () => 1500),
      sources: [
        { feature: "codes", layer: 0, diagonal: false, shift: 0, weights: int8(channels * channels, 30) },
        { feature: "neighbours", layer: 0, diagonal: true, shift: 2, weights: int8(channels, 12) },
        { feature: "neighbours", layer: 1, diagonal: true, shift: 2, weights: int8(channels, 12) },
      ],
    },
  ],
};
const grid = { rows: 7, columns: 6 };
const positions = grid.rows * grid.columns;
const side = int8(2 * 2 * sideChannels);
const layerCodes = [0, 1].map(() =>
  Int32Array.from({ length: positions * channels }, () => Math.floor(random() * (2 * reach + 1))),
);

/** The map written out for one symbol, in whole numbers of JavaScript. */
function plainIndex(layer: number, row: number, column: number, channel: number): number {
  const half = (row + column) % 2;
  const feature = (of: number, r: number, c: number, k: number) => {
    const inside = r >= 0 && r < grid.rows && c >= 0 && c < grid.columns;
    const known = of < layer || (half === 1 && (r + c) % 2 === 0);
    if (!inside || !known) return 0;
    return magnitudeFeature(layerCodes[of]![(r * grid.columns + c) * channels + k]! - reach);
  };
  const around = (of: number, k: number) =>
    Math.floor(
      (feature(of, row - 1, column, k) +
        feature(of, row + 1, column, k) +
        feature(of, row, column - 1, k) +
        feature(of, row, column + 1, k) +
        2) /
        4,
    );
  let sum = context.layers[layer]!.bias[half * channels + channel]!;
  for (const source of context.layers[layer]!.sources) {
    let own = 0;
    if (source.feature === "side") {
      const block = Math.floor(row / 4) * 2 + Math.floor(column / 4);
      const at = ((row % 4) * 4 + (column % 4)) * channels + channel;
      for (let k = 0; k < sideChannels; k++)
        own += source.weights[at * sideChannels + k]! * side[block * sideChannels + k]!;
    } else {
      const value = (k: number) =>
        source.feature === "codes" ? feature(source.layer, row, column, k) : around(source.layer, k);
      if (source.diagonal) own = source.weights[channel]! * value(channel);
      else for (let k = 0; k < channels; k++) own += source.weights[channel * channels + k]! * value(k);
    }
    sum += own * 2 ** source.shift;
  }
  return Math.min(context.tables - 1, Math.max(0, Math.floor(sum / 2 ** context.precision)));
}

test("tables are those of the map written out, in both halves and both layers, on every kernel", () => {
  const seen = new Set<number>();
  for (const product of [scalarProduct, simdProduct()!]) {
    const tile = openTileContext(checkContext(context), grid, side, product);
    for (const [layer, codes] of layerCodes.entries()) {
      const halves = [tile.first(), tile.second(codes)];
      for (const [half, places] of halvesOf(grid).entries()) {
        const expected = [...places].flatMap((place) =>
          Array.from({ length: channels }, (_, channel) =>
            plainIndex(layer, Math.floor(place / grid.columns), place % grid.columns, channel),
          ),
        );
        expect([...halves[half]!]).toEqual(expected);
        for (const index of expected) seen.add(index);
      }
      tile.close(codes);
    }
  }
  // Saturated sums would agree whatever the map.
  expect(seen.size).toBeGreaterThan(10);
});

test("what is not known yet does not change a table", () => {
  const other = layerCodes.map((codes) => codes.slice());
  const [first, second] = halvesOf(grid);
  for (const place of second) other[0]!.fill(0, place * channels, (place + 1) * channels);
  const [a, b] = [layerCodes, other].map((codes) => {
    const tile = openTileContext(context, grid, side);
    return [tile.first(), tile.second(codes[0]!)];
  });
  expect(a).toEqual(b);
  for (const place of first) other[0]!.fill(0, place * channels, (place + 1) * channels);
  expect(openTileContext(context, grid, side).second(other[0]!)).not.toEqual(a![1]);
});

test("the kernels give the same sums for any sizes, added to what stood there", () => {
  const simd = simdProduct()!;
  for (const [rows, columns, depth] of [
    [1, 1, 1],
    [3, 5, 7],
    [65, 4, 16],
    [130, 33, 40],
    [64, 192, 192],
  ] as const) {
    const a = { rows, depth, data: int8(rows * depth) };
    const b = { rows: columns, depth, data: int8(columns * depth) };
    const base = Int32Array.from({ length: rows * columns }, () => Math.floor(random() * 1000));
    const [plain, fast] = [base.slice(), base.slice()];
    scalarProduct(a, b, plain);
    simd(a, b, fast);
    expect(fast).toEqual(plain);
    // Weights that are kept must not be taken for others.
    const c = { rows: columns, depth, data: int8(columns * depth) };
    scalarProduct(a, c, plain);
    simd(a, c, fast);
    simd(a, b, fast);
    scalarProduct(a, b, plain);
    expect(fast).toEqual(plain);
  }
});

test("features are sixteen times the binary logarithm, rounded down", () => {
  for (let n = 0; n < 500; n++) {
    const exact = 16 * Math.log2(1 + n);
    // Where the logarithm is whole, floating point may fall on either side.
    const expected = Math.floor(exact + 1e-9);
    expect(magnitudeFeature(n)).toBe(Math.min(127, expected));
    expect(magnitudeFeature(-n)).toBe(magnitudeFeature(n));
  }
});

test("symbols come back piece by piece, and cost what their tables say", () => {
  const tables = Array.from({ length: 16 }, (_, t) =>
    symbolTableFromCounts(
      Array.from({ length: 2 * reach + 1 }, (_, s) =>
        Math.round(1e6 * Math.exp((-Math.abs(s - reach) * 4) / (t + 1))),
      ),
    ),
  );
  const draw = (table: (typeof tables)[number]) => {
    let slot = Math.floor(random() * 65536);
    let symbol = 0;
    while (slot >= table.frequencies[symbol]!) slot -= table.frequencies[symbol++]!;
    return symbol;
  };
  const choice = Uint8Array.from({ length: 12_000 }, () => Math.floor(random() * 16));
  const symbols = Int32Array.from(choice, (chosen) => draw(tables[chosen]!));
  const bytes = encodeChosen(symbols, tables, choice);
  const reader = openSymbols(bytes);
  const pieces = [0, 1, 5000, 12_000];
  const found = pieces
    .slice(1)
    .flatMap((end, i) => [...reader.read(tables, choice.subarray(pieces[i], end))]);
  reader.end();
  expect(found).toEqual([...symbols]);
  // The overhead that the design asks for: a thousandth at most from ten thousand symbols on.
  const ideal = idealBitsChosen(symbols, tables, choice) / 8;
  expect(bytes.length).toBeGreaterThan(ideal - 1);
  expect(bytes.length).toBeLessThan(1.001 * ideal);
  expect(() => openSymbols(bytes.subarray(0, -3)).end()).toThrow(NacreError);
});

test("symbols without a choice, or a choice without a table, are refused", () => {
  const tables = [symbolTableFromCounts([1, 1])];
  const symbols = Int32Array.of(0, 1);
  expect(() => encodeChosen(symbols, tables, Uint8Array.of(0))).toThrow(NacreError);
  expect(() => encodeChosen(symbols, tables, Uint8Array.of(0, 1))).toThrow(NacreError);
  expect(() => encodeChosen(Int32Array.of(2), tables, Uint8Array.of(0))).toThrow(NacreError);
});

const [firstLayer, secondLayer] = context.layers as [
  (typeof context.layers)[number],
  (typeof context.layers)[number],
];
const hostile: [string, Partial<LinearContext>][] = [
  ["no channels", { channels: 0 }],
  ["too many tables", { tables: 257 }],
  ["a precision out of range", { precision: 21 }],
  ["biases of another number", { layers: [{ ...firstLayer, bias: new Int32Array(3) }] }],
  [
    "weights of another number",
    { layers: [{ ...firstLayer, sources: [{ ...firstLayer.sources[0]!, weights: int8(4) }] }] },
  ],
  [
    "a source that is not known yet",
    { layers: [{ ...firstLayer, sources: [{ ...secondLayer.sources[0]!, layer: 0 }] }] },
  ],
  [
    "sums beyond 32 bits",
    { layers: [{ ...firstLayer, bias: new Int32Array(2 * channels).fill(2 ** 31 - 1) }] },
  ],
];

test.each(hostile)("a context with %s is refused", (_, change) => {
  expect(() => checkContext({ ...context, ...change })).toThrow(expect.objectContaining({ code: "model" }));
});
