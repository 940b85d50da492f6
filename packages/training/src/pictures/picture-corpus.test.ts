import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "../../test/folders.js";
import { drawCrops, validationCrops } from "./draw-crops.js";
import { openPictureCorpus, type PictureCorpus } from "./picture-corpus.js";
import { createPictureCorpusWriter } from "./picture-corpus-writer.js";

const folder = temporaryFolders();
const coded = (code: string) => expect.objectContaining({ code });
const about = { source: "own", photographer: "a", licence: "CC0-1.0", split: "train" as const };

/** A picture whose every value tells its place: (picture, row, column) in the three planes. */
const marked = (mark: number, width: number, height: number) =>
  Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [mark, Math.floor(pixel / width), pixel % width][i % 3]!;
  });

async function packed(sizes: [number, number][], held = 1): Promise<{ home: string; corpus: PictureCorpus }> {
  const home = folder();
  const writer = await createPictureCorpusWriter(home);
  for (const [mark, [width, height]] of sizes.entries()) {
    const split = mark < sizes.length - held ? ("train" as const) : ("validation" as const);
    const picture = { ...about, path: `${mark}.png`, split };
    await writer.add(marked(mark, width, height), { width, height }, picture);
  }
  await writer.finish();
  return { home, corpus: await openPictureCorpus(home) };
}

const places = (crop: Float32Array, size: number) => {
  const plane = (index: number) =>
    Array.from(crop.subarray(index * size * size, (index + 1) * size * size), (x) =>
      Math.round((x + 0.5) * 255),
    );
  const [mark, rows, columns] = [plane(0), plane(1), plane(2)];
  return rows.map((row, i) => ({ mark: mark[i]!, row, column: columns[i]! }));
};

test("crops are squares of the training pictures, in all eight positions, and depend on the step alone", async () => {
  const { corpus } = await packed([
    [30, 20],
    [12, 40],
    [60, 60],
  ]);
  const size = 8;
  const positions = new Set<string>();
  const marks = new Set<number>();
  for (let step = 1; step <= 40; step++) {
    const into = new Float32Array(2 * 3 * size * size);
    drawCrops(corpus, 7, step, size, into);
    const again = new Float32Array(into.length);
    drawCrops(corpus, 7, step, size, again);
    expect(again).toEqual(into);
    for (const item of [0, 1]) {
      const crop = places(into.subarray(item * 3 * size * size, (item + 1) * 3 * size * size), size);
      const [first, right, below] = [crop[0]!, crop[1]!, crop[size]!];
      const acrossBy = [right.row - first.row, right.column - first.column];
      const downBy = [below.row - first.row, below.column - first.column];
      positions.add([...acrossBy, ...downBy].join());
      marks.add(first.mark);
      // Every pixel is where the first one and the two directions say.
      for (const [i, { row, column, mark }] of crop.entries()) {
        const [down, across] = [Math.floor(i / size), i % size];
        expect([mark, row, column]).toEqual([
          first.mark,
          first.row + across * acrossBy[0]! + down * downBy[0]!,
          first.column + across * acrossBy[1]! + down * downBy[1]!,
        ]);
      }
    }
  }
  expect(positions.size).toBe(8);
  expect([...marks].toSorted()).toEqual([0, 1]);
  corpus.close();
});

test("large pictures are drawn more often, in proportion to their pixels", async () => {
  const { corpus } = await packed(
    [
      [20, 20],
      [40, 40],
    ],
    0,
  );
  let large = 0;
  for (let step = 1; step <= 300; step++) {
    const into = new Float32Array(3 * 64);
    drawCrops(corpus, 1, step, 8, into);
    large += places(into, 8)[0]!.mark;
  }
  // 4 of 5, with a deviation of 7 in 300 draws.
  expect(large).toBeGreaterThan(212);
  expect(large).toBeLessThan(268);
  corpus.close();
});

test("validation crops come from the held pictures, or from the others where none is large enough", async () => {
  const { corpus } = await packed([
    [30, 20],
    [16, 16],
  ]);
  const mark = (size: number) => {
    const into = new Float32Array(3 * size * size);
    validationCrops(corpus, 3, size, into);
    return places(into, size)[0]!.mark;
  };
  expect(mark(16)).toBe(1);
  expect(mark(18)).toBe(0);
  corpus.close();
});

test("sources are told by licence with their megapixels", async () => {
  const { corpus } = await packed([
    [1000, 500],
    [500, 500],
    [8, 8],
  ]);
  expect(corpus.sources).toEqual([{ source: "own", licence: "CC0-1.0", pictures: 2, megapixels: 0.75 }]);
  corpus.close();
});

test("what is absent, damaged or empty is refused, and nothing half-written is left", async () => {
  const home = folder();
  await expect(openPictureCorpus(home)).rejects.toThrow(coded("io"));
  const writer = await createPictureCorpusWriter(home);
  await expect(writer.finish()).rejects.toThrow(coded("media"));
  expect(readdirSync(home)).toEqual([]);
  const short = await createPictureCorpusWriter(home);
  await expect(
    short.add(new Uint8Array(11), { width: 2, height: 2 }, { ...about, path: "a" }),
  ).rejects.toThrow(coded("shape"));
  expect(readdirSync(home)).toEqual([]);
  const { home: cut } = await packed([[8, 8]], 0);
  writeFileSync(join(cut, "pixels.u8"), readFileSync(join(cut, "pixels.u8")).subarray(1));
  await expect(openPictureCorpus(cut)).rejects.toThrow(coded("media"));
  writeFileSync(join(cut, "index.json"), "{}");
  await expect(openPictureCorpus(cut)).rejects.toThrow(coded("media"));
});
