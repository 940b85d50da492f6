import type { BitMap, PictureReport } from "@nacre/inspect";
import { inspectLayers, layerReportSchema } from "@nacre/inspect";
import { readPicture } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";
import { expect, test } from "vitest";
import { depthsExample, waves } from "../test/depths.js";
import { elements } from "../test/elements.js";
import { busiestPlace, mapTop, sumOfMaps } from "./bit-map-figure.js";
import { picturePage, reportPage } from "./index.js";
import { cropOf, differenceOf, pngUri, shownPicture } from "./picture-images.js";

const original = waves(96, 64);
const example = await depthsExample(original);
const html = await picturePage(example.report, {
  title: "waves",
  ...example,
  command: "nacre-image inspect waves.png",
  versions: { nacre: "1.2.3" },
});

const images = (page: string) => [...page.matchAll(/<img [^>]*>/g)].map(([tag]) => tag);
const pngOf = (tag: string) =>
  readPicture(new Uint8Array(Buffer.from(tag.match(/base64,([^"]+)"/)![1]!, "base64")));

test("elements are nested, and there is a picture for every prefix, difference, map and crop", () => {
  const names = elements(html);
  const count = (name: string) => names.filter((n) => n === name).length;
  // Versions 3; differences 1 and what is missing; the map of all with its scale, two of layers with theirs; crops 3.
  expect(count("img")).toBe(3 + 2 + 2 + 3 + 3);
  expect([count("input"), count("label"), count("script")]).toEqual([3, 3, 1]);
  for (const tag of images(html)) expect(tag).toMatch(/alt="[^"]{15,}"/);
});

test("the page names no address, has no script to run, and its JSON is the report", () => {
  const bare = html.replace(/data:[a-z]+\/[a-z]+;base64,[^"]*/g, "");
  expect(bare).not.toMatch(/https?:|\/\/[a-z]|@import|url\(|<link|<iframe|<script>/i);
  const text = html.match(/<script type="application\/json" id="layer-report">(.*?)<\/script>/s)![1]!;
  expect(layerReportSchema.parse(JSON.parse(text))).toEqual(example.report);
});

test("the pictures of the page are those of the prefixes and the original, sample for sample", async () => {
  const shown = await Promise.all(images(html).slice(0, 3).map(pngOf));
  const expected = [...example.prefixes.map(({ picture }) => picture), original];
  expect(shown.map(({ planes }) => planes)).toEqual(expected.map(({ planes }) => planes));
});

test("a file without an original has a page of its prefixes alone, without maps none, and no picture is an error", async () => {
  const { report, prefixes } = example;
  const page = await picturePage(report, { title: "t", prefixes });
  expect(images(page)).toHaveLength(2 + 1 + 2);
  expect(page).not.toMatch(/Original|Where the bits go|still missing/);
  const shape = expect.objectContaining({ code: "shape" });
  await expect(picturePage(report, { title: "t", prefixes: [] })).rejects.toEqual(shape);
  const small = { layers: 1, picture: waves(32, 32) };
  await expect(picturePage(report, { title: "t", prefixes: [small] })).rejects.toEqual(shape);
  await expect(picturePage(report, { title: "t", prefixes, maps: [] })).rejects.toEqual(shape);
  expect(() => reportPage(report, { title: "t", prefixes: [] })).toThrow(/report of a picture/);
});

test("hostile names stay text, and tiles that are stored otherwise are marked where they lie", async () => {
  const evil = `</script><img src=x onerror=alert(1)>"'`;
  const tiles = [{ row: 32, column: 48, rows: 32, columns: 48, kind: evil }];
  const report = await inspectLayers({ ...example.subject, model: evil, tiles });
  const page = await picturePage(report, { ...example, title: evil, command: evil });
  elements(page);
  expect(page).not.toContain("<img src=x");
  const marks = page.match(/<i class="tile" style="[^"]*"/g)!;
  expect(marks).toHaveLength(3);
  expect(marks[0]).toContain("left:50%;top:50%;width:50%;height:50%");
});

test("a wide picture is shown as the means of whole blocks, 16 bits as 8", () => {
  const plane = Uint16Array.from({ length: 2000 * 3 }, (_, at) => (at % 2 === 0 ? 0 : 65_535));
  const wide: Picture = { width: 2000, height: 3, colour: "grey", bitDepth: 16, planes: [plane] };
  const { picture, by } = shownPicture(wide);
  expect([by, picture.width, picture.height, picture.bitDepth]).toEqual([3, 667, 1, 8]);
  // Blocks of three columns hold one or two white ones in turn; the last has two columns, one of them white.
  expect([...picture.planes[0]!.subarray(0, 2), picture.planes[0]!.at(-1)]).toEqual([85, 170, 128]);
});

test("a difference is amplified by a power of two that keeps it in range, on grey", () => {
  const flat = (value: number): Picture => ({
    ...{ width: 20, height: 20, colour: "grey", bitDepth: 8 },
    planes: [new Uint8Array(400).fill(value)],
  });
  expect(differenceOf(flat(100), flat(103))).toMatchObject({ factor: 32 });
  expect(differenceOf(flat(100), flat(103)).picture.planes[0]![0]).toBe(128 + 32 * 3);
  expect(differenceOf(flat(200), flat(0))).toMatchObject({ factor: 1 });
  expect(differenceOf(flat(7), flat(7)).picture.planes[0]).toEqual(new Uint8Array(400).fill(128));
});

test("a crop lies inside the picture", () => {
  const crop = cropOf(original, { x: 90, y: -5, side: 16 });
  expect([crop.width, crop.height]).toEqual([16, 16]);
  expect(crop.planes[0]![0]).toBe(original.planes[0]![80]);
});

test("maps add up on the finest grid, the top is round, and the busiest square is found", () => {
  const fine: BitMap = { rows: 4, columns: 4, side: 16, bits: new Float32Array(16).fill(2) };
  const coarse: BitMap = { rows: 2, columns: 2, side: 32, bits: Float32Array.of(4, 8, 12, 640) };
  const whole = sumOfMaps([coarse, fine]);
  expect([...whole.bits.subarray(0, 4)]).toEqual([3, 3, 4, 4]);
  expect(whole.bits.reduce((a, b) => a + b)).toBe(32 + 664);
  expect(mapTop([whole])).toBe(1);
  expect(mapTop([{ ...fine, bits: new Float32Array(16) }])).toBe(1);
  expect(busiestPlace(whole, 32)).toEqual({ x: 32, y: 32 });
});

test("a flat grey picture of one pixel with alpha still makes a page", async () => {
  const dot: Picture = {
    ...{ width: 1, height: 1, colour: "grey", bitDepth: 8 },
    planes: [Uint8Array.of(9)],
    alpha: Uint8Array.of(255),
  };
  const report: PictureReport = { ...example.report, width: 1, height: 1, colour: "grey", layers: [] };
  const page = await picturePage(report, { title: "dot", prefixes: [{ layers: 1, picture: dot }], maps: [] });
  elements(page);
  expect(page).not.toMatch(/NaN|Infinity|undefined<|>null/);
  expect(await pngUri(dot)).toMatch(/^data:image\/png;base64,/);
});
