import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pictureBytes } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";
import { expect, test } from "vitest";
import { temporaryFolders } from "../../test/folders.js";
import { packPictureFolder } from "./pack-picture-folder.js";
import { openPictureCorpus, readPictureIndex } from "./picture-corpus.js";

const folder = temporaryFolders();

/** A picture whose samples tell their column. */
const columns = (width: number, height: number, more: Partial<Picture> = {}): Picture => ({
  ...{ width, height, colour: "grey", bitDepth: 8 },
  planes: [Uint8Array.from({ length: width * height }, (_, at) => ((at % width) >> 3) & 255)],
  ...more,
});

async function write(home: string, name: string, picture: Picture): Promise<void> {
  writeFileSync(join(home, name), (await pictureBytes(picture, { format: "png" })).bytes);
}

test("pictures are packed as 8-bit RGB, of a large one the middle, and what cannot be used is named", async () => {
  const [home, packed] = [folder(), join(folder(), "corpus")];
  mkdirSync(join(home, "deep"));
  await write(home, "a-large.png", columns(2000, 64));
  const deep = Uint16Array.from({ length: 4096 }, () => 257 * 200 + 100);
  await write(home, "deep/b-sixteen.png", columns(64, 64, { bitDepth: 16, planes: [deep] }));
  await write(home, "c-small.png", columns(63, 80));
  await write(home, "d-clear.png", columns(64, 64, { alpha: new Uint8Array(4096) }));
  await write(home, "e-opaque.png", columns(64, 64, { alpha: new Uint8Array(4096).fill(255) }));
  writeFileSync(join(home, "f-damaged.jpg"), "no picture");
  const told: number[] = [];
  const { pictures, skipped } = await packPictureFolder([home], packed, 64, (done) => told.push(done));
  expect([pictures, told]).toEqual([3, [1, 2, 3, 4, 5, 6]]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    expect.stringContaining("c-small.png is 63 x 80 pixels, expected at least 64"),
    expect.stringContaining("d-clear.png is transparent"),
    expect.stringContaining("f-damaged.jpg is not a picture file"),
  ]);
  const index = await readPictureIndex(packed);
  expect(index.pictures.map(({ path, width, height }) => [path, width, height])).toEqual([
    ["a-large.png", 1536, 64],
    [join("deep", "b-sixteen.png"), 64, 64],
    ["e-opaque.png", 64, 64],
  ]);
  const corpus = await openPictureCorpus(packed);
  const pixel = (at: number, left: number) => {
    const into = new Uint8Array(3);
    corpus.read(corpus.train[at]!, left, 5, 1, into);
    return [...into];
  };
  // The middle of 2000 columns begins at 232.
  expect([pixel(0, 0), pixel(0, 1535), pixel(1, 3)]).toEqual([
    Array(3).fill(232 >> 3),
    Array(3).fill(1767 >> 3),
    Array(3).fill(200),
  ]);
  corpus.close();
});

test("a folder without one usable picture is refused, and leaves nothing behind", async () => {
  const home = folder();
  await write(home, "small.png", columns(20, 20));
  await expect(packPictureFolder([home], join(home, "packed"), 64)).rejects.toMatchObject({
    code: "media",
    message: expect.stringMatching(/no picture to train on.*1 could not be used.*small\.png is 20 x 20/),
  });
});
