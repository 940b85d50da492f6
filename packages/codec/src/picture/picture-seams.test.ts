import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import { decodeWhole, encodePicture, openTinyPicture, psnr, scene, tile } from "../../test/tiny-picture.js";
import { createPictureCodec, type PictureModel } from "../index.js";
import { tileAt, tileGridOf, windowAt } from "./tile-grid.js";

const codec = await openTinyPicture();
const { model } = codec;

/** The same weights with other tiles: nothing but the file's header tells the difference. */
async function withTile(change: Partial<PictureModel["config"]["tile"]>) {
  const config = { ...model.config, tile: { ...model.config.tile, ...change } };
  return createPictureCodec({ ...model, config }, createRuntime({ worker: false }), { threads: 1 });
}

const oneTile = await withTile({ size: 32 });
const bare = await withTile({ encoderMargin: 0, decoderMargin: 0 });
afterAll(() => Promise.all([codec, oneTile, bare].map((each) => each.close())));

const [width, height] = [3 * tile, 2 * tile];
const picture = scene(width, height, 31);
const distance = (at: number) => Math.min(...[tile, 2 * tile].map((seam) => Math.abs(at + 0.5 - seam)));
const atSeam = (x: number, y: number) => Math.min(distance(x), Math.abs(y + 0.5 - tile)) < 4;

test("pixels at seams are within .3 dB of the same ones coded as one tile", async () => {
  const [tiled, whole] = [
    await decodeWhole(codec, await encodePicture(codec, picture)),
    await decodeWhole(oneTile, await encodePicture(oneTile, picture)),
  ];
  const loss = psnr(picture, whole, atSeam) - psnr(picture, tiled, atSeam);
  expect(Math.abs(loss)).toBeLessThan(0.3);
  // The very network without margins shows that there is something to be seen.
  const cut = await decodeWhole(bare, await encodePicture(bare, picture));
  expect(psnr(whole, cut, atSeam)).toBeLessThan(psnr(whole, tiled, atSeam) - 1);
});

test("margins of the receptive field give the codes and the picture of one tile", async () => {
  const [a, b] = [await codec.codes(picture), await oneTile.codes(picture)];
  // One block of 3 x 3 sees one position around; side codes see the positions of their cell.
  for (const [layer, { data }] of a.entries()) {
    const changed = data.filter((code, at) => code !== b[layer]!.data[at]).length;
    expect(changed / data.length).toBeLessThanOrEqual(0.001);
  }
  const [seen, expected] = [await codec.synthesize(a), await oneTile.synthesize(a)];
  for (const [plane, samples] of seen.planes.entries()) {
    expect(samples.every((value, at) => Math.abs(value - expected.planes[plane]![at]!) <= 1)).toBe(true);
  }
});

test("windows of a picture have one size, hold their tile, and stay within the picture", () => {
  for (const [columns, rows] of [
    [1, 1],
    [5, 2],
    [8, 8],
    [31, 9],
  ] as const) {
    const grid = tileGridOf(model, { width: 64 * columns, height: 64 * rows });
    const sizes = new Set<string>();
    for (let number = 0; number < grid.down * grid.across; number++) {
      const at = tileAt(grid, number);
      const window = windowAt(grid, at, 4);
      sizes.add(`${window.rows}x${window.columns}`);
      for (const [from, size, most] of [
        ["row", "rows", grid.rows],
        ["column", "columns", grid.columns],
      ] as const) {
        expect(window[from]).toBeGreaterThanOrEqual(0);
        expect(window[from] + window[size]).toBeLessThanOrEqual(most);
        expect(at[from] - window[from]).toBeGreaterThanOrEqual(Math.min(4, at[from]));
        const [after, left] = [window[from] + window[size] - at[from] - at[size], most - at[from] - at[size]];
        expect(after).toBeGreaterThanOrEqual(Math.min(4, left));
      }
    }
    expect(sizes.size).toBe(1);
  }
});
