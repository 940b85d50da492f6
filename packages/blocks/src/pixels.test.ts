import { input } from "@nacre/graph";
import { expect, test } from "vitest";
import { noise, run } from "../test/run.js";
import { patchify, pixelShuffle, pixelUnshuffle, unpatchify } from "./index.js";

const grid = { batch: 2, height: 2, width: 3 };

test("a patch holds its pixels by channel, line and column", async () => {
  const [channels, size] = [3, 4];
  const [lines, columns] = [grid.height * size, grid.width * size];
  const picture = noise(grid.batch * channels * lines * columns);
  const found = await run([grid.batch, channels, lines, columns], picture, (x) => patchify(x, size));
  const expected = found.map((_, i) => {
    const [row, place] = [Math.floor(i / (channels * 16)), i % (channels * 16)];
    const [b, y, x] = [Math.floor(row / 6), Math.floor((row % 6) / 3), row % 3];
    const [c, line, column] = [Math.floor(place / 16), Math.floor((place % 16) / 4), place % 4];
    return picture[((b * channels + c) * lines + y * size + line) * columns + x * size + column]!;
  });
  expect(found).toEqual(expected);
});

test("a row spreads over its square by line, column and channel", async () => {
  const [channels, size] = [5, 2];
  const rows = noise(12 * size * size * channels);
  const found = await run([12, size * size * channels], rows, (x) => pixelShuffle(x, grid, size));
  const expected = found.map((_, i) => {
    const [fine, c] = [Math.floor(i / channels), i % channels];
    const [b, y, x] = [Math.floor(fine / 24), Math.floor((fine % 24) / 6), fine % 6];
    const row = (b * 2 + Math.floor(y / size)) * 3 + Math.floor(x / size);
    return rows[(row * 4 + (y % size) * size + (x % size)) * channels + c]!;
  });
  expect(found).toEqual(expected);
});

test("what one move does the other undoes", async () => {
  const picture = noise(2 * 3 * 8 * 12);
  const back = await run([2, 3, 8, 12], picture, (x) => unpatchify(patchify(x, 4), grid, 4));
  expect(back).toEqual(picture);
  const rows = noise(12 * 36);
  const fineGrid = { batch: 2, height: 6, width: 9 };
  const again = await run([12, 36], rows, (x) => pixelUnshuffle(pixelShuffle(x, grid, 3), fineGrid, 3));
  expect(again).toEqual(rows);
});

test("sizes that do not divide are refused where the graph is built", () => {
  expect(() => patchify(input("x", "float32", [1, 3, 8, 10]), 4)).toThrow(/whole sizes/);
  const odd = { batch: 1, height: 3, width: 4 };
  expect(() => pixelUnshuffle(input("x", "float32", [12, 2]), odd, 2)).toThrow(/whole sizes/);
});
