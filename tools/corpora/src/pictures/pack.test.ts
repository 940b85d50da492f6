import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openPictureCorpus, readPictureIndex } from "@nacre/training";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { packPictures } from "./pack.js";
import { chosenSources, packPhotographs } from "./pack-command.js";
import type { PhotographSource } from "./photograph-source.js";
import { pictureTable } from "./picture-table.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-photographs-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

type Colour = { r: number; g: number; b: number };
const red = { r: 200, g: 30, b: 10 };

const image = (width: number, height: number, background: Colour & { alpha?: number } = red) =>
  sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } });

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

/** Takes every file; who took it stands in front of the dash. */
const source = (name: string): PhotographSource => ({
  name,
  from: { kind: "git", url: "" },
  credit: `those of ${name}`,
  licenceStated: true,
  open: async () => (path) =>
    /\.(png|jpg)$/.test(path) ? { photographer: path.split("-")[0]!, licence: "CC0-1.0" } : undefined,
});

const pack = (...names: string[]) =>
  packPictures(
    names.map((name) => ({ source: source(name), root: join(folder, name) })),
    join(folder, "packed"),
    () => {},
  );

test("pictures are packed upright and smaller, without their opaque alpha, and what cannot be used is named with the reason", async () => {
  const turned = image(600, 800).composite([
    { input: await image(600, 400, { r: 0, g: 0, b: 250 }).png().toBuffer(), top: 0, left: 0 },
  ]);
  write("own/a-turned.png", await turned.withMetadata({ orientation: 6 }).png().toBuffer());
  write(
    "own/b-grey.png",
    await image(800, 600, { r: 90, g: 90, b: 90 }).toColourspace("b-w").png().toBuffer(),
  );
  write("own/c-small.png", await image(800, 500).png().toBuffer());
  write(
    "own/d-clear.png",
    await image(800, 600, { ...red, alpha: 0.5 })
      .png()
      .toBuffer(),
  );
  write("own/e-damaged.jpg", Uint8Array.of(1, 2, 3));
  const [result] = await pack("own");
  expect(result).toMatchObject({
    name: "own",
    credit: "those of own",
    licences: [{ licence: "CC0-1.0", pictures: 2, megapixels: 0.24, held: 0 }],
  });
  expect(result!.leftOut).toHaveLength(3);
  expect(result!.leftOut[0]).toMatch(/^c-small\.png: 400x250 pixels left of 800x500/);
  expect(result!.leftOut[1]).toMatch(/^d-clear\.png: transparency/);
  expect(result!.leftOut[2]).toMatch(/^e-damaged\.jpg: /);
  const { pictures } = await readPictureIndex(join(folder, "packed"));
  expect(pictures.map(({ path, width, height }) => [path, width, height])).toEqual([
    ["a-turned.png", 400, 300],
    ["b-grey.png", 400, 300],
  ]);
  const corpus = await openPictureCorpus(join(folder, "packed"));
  const pixel = (picture: number, left: number, top: number) => {
    const into = new Uint8Array(3);
    corpus.read(corpus.train[picture]!, left, top, 1, into);
    return [...into];
  };
  // Turned by a quarter to the right, what was above is at the right.
  expect([pixel(0, 50, 150), pixel(0, 350, 150), pixel(1, 10, 10)]).toEqual([
    [200, 30, 10],
    [0, 0, 250],
    [90, 90, 90],
  ]);
  corpus.close();
});

test("a photographer's pictures are in one split, whatever source they come from", async () => {
  const bytes = await image(600, 600).png().toBuffer();
  for (const name of ["one/Ian Hex-1.png", "one/fatih-1.png", "two/Ian Hex-2.png", "two/fatih-2.png"])
    write(name, bytes);
  const results = await pack("one", "two");
  const { pictures } = await readPictureIndex(join(folder, "packed"));
  expect(pictures.map(({ source, photographer, split }) => [source, photographer, split])).toEqual([
    ["one", "Ian Hex", "validation"],
    ["one", "fatih", "train"],
    ["two", "Ian Hex", "validation"],
    ["two", "fatih", "train"],
  ]);
  for (const { licences } of results)
    expect(licences).toEqual([{ licence: "CC0-1.0", pictures: 2, megapixels: 0.18, held: 0.09 }]);
  const table = pictureTable(results).split("\n");
  expect(table[0]).toMatch(/^source +pictures +megapixels +held +licence$/);
  expect(table.at(-1)).toMatch(/^together +4 +0\.36 +0\.18$/);
});

test("pictures to measure with are never packed, even where a source's rule takes them", async () => {
  const bytes = await image(600, 600).png().toBuffer();
  const reserved = ["clic/a-1.png", "kodim07.png", "photos/bench/b-1.png"];
  for (const name of [...reserved, "c-1.png"]) write(`own/${name}`, bytes);
  const [result] = await pack("own");
  for (const name of reserved) expect(result!.reserved).toContain(name);
  const { pictures } = await readPictureIndex(join(folder, "packed"));
  expect(pictures.map(({ path }) => path)).toEqual(["c-1.png"]);
});

test("a source in a folder of pictures to measure with is refused, also by a link, and nothing is left behind", async () => {
  write("kodak/a-1.png", await image(600, 600).png().toBuffer());
  await expect(pack("kodak")).rejects.toMatchObject({ code: "option" });
  symlinkSync(join(folder, "kodak"), join(folder, "own"), "dir");
  const from = { unsplash: join(folder, "own") };
  await expect(packPhotographs({ folder: join(folder, "packed"), from, only: "unsplash" })).rejects.toThrow(
    /the Kodak set/,
  );
  expect(existsSync(join(folder, "packed"))).toBe(false);
});

test("a source without stated licences is packed only when it is named, and its pictures say so", async () => {
  expect(chosenSources().map(({ name }) => name)).not.toContain("wikipedia");
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  write("wiki/001.png", await image(300, 300).png().toBuffer());
  const packed = join(folder, "packed");
  const options = { folder: packed, from: { wikipedia: join(folder, "wiki") } };
  await expect(packPhotographs(options)).rejects.toThrow(/"wikipedia".*--only/);
  await expect(packPhotographs({ ...options, only: "absent" })).rejects.toMatchObject({ code: "option" });
  const nowhere = { ...options, only: "wikipedia", from: { wikipedia: join(folder, "nowhere") } };
  await expect(packPhotographs(nowhere)).rejects.toThrow(/nowhere does not exist/);
  await packPhotographs({ ...options, only: "wikipedia" });
  const { pictures } = await readPictureIndex(packed);
  // Made smaller by whoever gathered them, so not once more.
  expect(pictures).toMatchObject([{ width: 300, height: 300, licence: "per picture, not stated" }]);
  const report: unknown = JSON.parse(readFileSync(join(packed, "report.json"), "utf8"));
  expect(report).toMatchObject([{ name: "wikipedia", licences: [{ pictures: 1, megapixels: 0.09 }] }]);
});
