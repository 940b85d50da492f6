import { checkContext, halvesOf, openTileContext } from "@nacre/entropy";
import { gradient, input, sum } from "@nacre/graph";
import { expect, test } from "vitest";
import { openGraph } from "../../test/run-graph.js";
import { seededRandom } from "../../test/sounds.js";
import { codeBits, contextTables, plainBits } from "./context-graph.js";
import { type ContextRecipe, contextParameters } from "./context-recipe.js";
import { exportContext } from "./export-context.js";

const random = seededRandom(21);
const recipe: ContextRecipe = { tables: 32, precision: 8, lowest: 0.1, highest: 50 };
const sizes = { layers: 3, channels: 4, sideChannels: 3 };
const grid = { rows: 8, columns: 12 };
const [batch, reach] = [2, 40];
const positions = grid.rows * grid.columns;
const shape = [batch, grid.rows, grid.columns, sizes.channels];
const sideShape = [batch, grid.rows / 4, grid.columns / 4, sizes.sideChannels];
const size = (of: readonly number[]) => of.reduce((a, b) => a * b, 1);
const whole = (of: readonly number[], most: number) =>
  Float32Array.from({ length: size(of) }, () => Math.round((2 * random() - 1) ** 3 * most));

const specs = contextParameters(sizes);
const values = Object.fromEntries(
  specs.map(({ name, shape }) => [
    name,
    Float32Array.from({ length: size(shape) }, () =>
      name.endsWith("bias") ? (12 + 6 * random()) / 32 : (2 * random() - 1) * 0.15,
    ),
  ]),
);
const codes = Array.from({ length: sizes.layers }, (_, layer) => whole(shape, 30 >> layer));
const side = whole(sideShape, 20);

const codeInputs = codes.map((_, layer) => input(`codes${layer}`, "float32", shape));
const sideInput = input("side", "float32", sideShape);
const parameterInputs = Object.fromEntries(
  specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
);
const tables = contextTables(sizes, recipe, parameterInputs, { layers: codeInputs, side: sideInput });
const inputs = [...codeInputs, sideInput, ...Object.values(parameterInputs)];
const feeds = [...codes, side, ...Object.values(values)];

test("the tables are those of the codec's integers, code for code", async () => {
  const call = await openGraph(inputs, Object.fromEntries(tables.map((each, i) => [`t${i}`, each])));
  const found = await call(...feeds);
  const context = checkContext(exportContext(sizes, recipe, values, reach));
  const seen = new Set<number>();
  for (let item = 0; item < batch; item++) {
    const sidePart = side.subarray((item * side.length) / batch, ((item + 1) * side.length) / batch);
    const tile = openTileContext(context, grid, Int8Array.from(sidePart));
    for (const [layer, all] of codes.entries()) {
      const from = item * positions * sizes.channels;
      const own = Int32Array.from(all.subarray(from, from + positions * sizes.channels), (c) => c + reach);
      const halves = [tile.first(), tile.second(own)];
      for (const [half, places] of halvesOf(grid).entries()) {
        for (const [at, place] of places.entries()) {
          for (let c = 0; c < sizes.channels; c++) {
            const expected = halves[half]![at * sizes.channels + c]!;
            seen.add(expected);
            expect(found[`t${layer}`]![from + place * sizes.channels + c]).toBe(expected);
          }
        }
      }
      tile.close(own);
    }
  }
  // Were all sums clipped, any map would pass.
  expect(seen.size).toBeGreaterThan(25);
});

test("every part of a context is trained by what the codes cost, and the codes are not moved by it", async () => {
  const cost = sum(codeBits(codeInputs[2]!, tables[2]!, recipe));
  const own = specs.filter(({ name }) => name.startsWith("context.2."));
  const slopes = gradient(cost, [...own.map(({ name }) => parameterInputs[name]!), codeInputs[0]!]);
  const call = await openGraph(inputs, Object.fromEntries(slopes.map((each, i) => [`s${i}`, each])));
  const found = await call(...feeds);
  for (const [i, { name }] of own.entries()) {
    expect(
      found[`s${i}`]!.some((x) => Math.abs(x) > 1e-6),
      name,
    ).toBe(true);
  }
  expect(found[`s${own.length}`]!.every((x) => x === 0)).toBe(true);
});

test("bits are those of a logistic distribution's cells, and so are their slopes", async () => {
  const count = 60;
  const [c, t] = [input("c", "float32", [count]), input("t", "float32", [count])];
  const bits = codeBits(c, t, recipe);
  const [toCodes, toTables] = gradient(sum(bits), [c, t]);
  const call = await openGraph([c, t], { bits, toCodes: toCodes!, toTables: toTables! });
  const some = Float32Array.from({ length: count }, () => (2 * random() - 1) * 6);
  const chosen = Float32Array.from({ length: count }, () => 6 + 20 * random());
  const found = await call(some, chosen);
  const plain = (code: number, table: number) => {
    const scale = 0.1 * 500 ** (table / 31);
    const cell = (edge: number) => 1 / (1 + Math.exp(-edge / scale));
    return -Math.log2(Math.max(1e-9, cell(0.5 - Math.abs(code)) - cell(-0.5 - Math.abs(code))));
  };
  for (let i = 0; i < count; i++) {
    const [code, table] = [some[i]!, chosen[i]!];
    const expected = plain(code, table);
    expect(found.bits![i]).toBeCloseTo(expected, 2);
    if (expected > 20) continue;
    const slope = (of: (x: number) => number) => (of(1e-5) - of(-1e-5)) / 2e-5;
    const toCode = slope((x) => plain(code + x, table));
    const toTable = slope((x) => plain(code, table + x));
    expect(Math.abs(found.toCodes![i]! - toCode)).toBeLessThan(0.01 * Math.abs(toCode) + 0.01);
    expect(Math.abs(found.toTables![i]! - toTable)).toBeLessThan(0.01 * Math.abs(toTable) + 0.01);
  }
});

test("cells of all whole numbers share one whole", async () => {
  const [wide, scales] = [input("wide", "float32", [401, 2]), input("scales", "float32", [2])];
  const call = await openGraph([wide, scales], { bits: plainBits(wide, scales) });
  const all = Float32Array.from({ length: 802 }, (_, i) => Math.floor(i / 2) - 200);
  const { bits } = await call(all, Float32Array.of(Math.log(0.7), Math.log(5)));
  for (const channel of [0, 1]) {
    const total = bits!.reduce((sum, each, i) => (i % 2 === channel ? sum + 2 ** -each : sum), 0);
    expect(total).toBeCloseTo(1, 4);
  }
});

test("a context that remembers gives the codec's tables with a frame before and without", async () => {
  const own = { ...sizes, remembers: true };
  const remembering = Object.fromEntries(
    contextParameters(own).map(({ name, shape }) => [
      name,
      values[name]?.length === size(shape)
        ? values[name]
        : Float32Array.from({ length: size(shape) }, () => (2 * random() - 1) * 0.3),
    ]),
  );
  const names = contextParameters(own).map(
    ({ name, shape }) => [name, input(name, "float32", shape)] as const,
  );
  const earlier = codes.map((_, layer) => input(`before${layer}`, "float32", shape));
  const before = Array.from({ length: sizes.layers }, (_, layer) => whole(shape, 30 >> layer));
  const tablesOf = (remembered: boolean) =>
    contextTables(own, recipe, Object.fromEntries(names), {
      layers: codeInputs,
      side: sideInput,
      before: remembered ? earlier : undefined,
    }).at(-1)!;
  const call = await openGraph([...codeInputs, ...earlier, sideInput, ...names.map(([, each]) => each)], {
    after: tablesOf(true),
    alone: tablesOf(false),
  });
  const found = await call(...codes, ...before, side, ...Object.values(remembering));
  const context = checkContext(exportContext(own, recipe, remembering, reach));
  const length = positions * sizes.channels;
  const first = (all: readonly Float32Array[]) =>
    all.map((each) => Int32Array.from(each.subarray(0, length), (code) => code + reach));
  for (const [name, seen] of [
    ["after", first(before)],
    ["alone", []],
  ] as const) {
    const tile = openTileContext(
      context,
      grid,
      Int8Array.from(side.subarray(0, side.length / batch)),
      undefined,
      seen,
    );
    for (const own of first(codes).slice(0, -1)) {
      tile.first();
      tile.second(own);
      tile.close(own);
    }
    const chosen = tile.first();
    for (const [at, place] of halvesOf(grid)[0].entries()) {
      for (let c = 0; c < sizes.channels; c++) {
        expect(found[name]![place * sizes.channels + c]).toBe(chosen[at * sizes.channels + c]);
      }
    }
  }
  expect(found.after).not.toEqual(found.alone);
});
