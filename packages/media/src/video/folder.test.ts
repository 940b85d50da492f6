import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Picture } from "@nacre/signal";
import { afterAll, expect, test } from "vitest";
import { pictureBytes } from "../pictures/index.js";
import { numberedPictures } from "./folder-read.js";
import { frameToPicture, openVideo } from "./index.js";

const root = mkdtempSync(join(tmpdir(), "nacre-frames-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const colours = (width: number, height: number, seed: number): Picture => ({
  ...{ width, height, colour: "rgb", bitDepth: 8 },
  planes: [0, 1, 2].map((plane) =>
    Uint8Array.from({ length: width * height }, (_, at) => (at * (7 + plane) + 31 * seed) & 255),
  ),
});

test("a folder of numbered pictures is a video in the order of the numbers, each sample within two of its own", async () => {
  const pictures = [9, 10, 11].map((seed) => colours(13, 7, seed));
  for (const [at, picture] of pictures.entries())
    writeFileSync(join(root, `f${at + 9}.png`), (await pictureBytes(picture, { format: "png" })).bytes);
  const { frames, count, warnings, rate, ...facts } = await openVideo(root, {
    rate: { numerator: 24, denominator: 1 },
  });
  expect(facts).toMatchObject({ width: 13, height: 7, subsampling: "4:4:4", matrix: "bt601", range: "full" });
  expect([count, warnings, rate]).toEqual([3, [], { numerator: 24, denominator: 1 }]);
  let at = 0;
  for await (const frame of frames) {
    const seen = frameToPicture(facts, frame, { matrix: "bt601", range: "full" });
    const far = (plane: number) => {
      const own = pictures[at]!.planes[plane]!;
      return Math.max(...Array.from(seen.planes[plane]!, (sample, i) => Math.abs(sample - own[i]!)));
    };
    expect([0, 1, 2].map(far).every((most) => most <= 2)).toBe(true);
    at++;
  }
  expect(at).toBe(3);
});

test("a row with a gap, a number twice, two rows or none is refused by name", () => {
  expect(numberedPictures(["b10.png", "b9.png", "readme.txt", ".b3.png"], "f")).toEqual([
    "b9.png",
    "b10.png",
  ]);
  const cases: [string[], RegExp][] = [
    [["1.png", "3.png"], /f has no frame 2: after 1\.png comes 3\.png/],
    [["1.png", "01.png"], /f holds frame 1 twice/],
    [["a1.png", "b1.png"], /f holds a\*\.png and b\*\.png/],
    [["1.png", "2.jpg"], /holds \*\.png and \*\.jpg/],
    [["a.png", "notes.txt"], /no numbered pictures/],
    [[], /no numbered pictures/],
  ];
  for (const [names, sentence] of cases)
    expect(() => numberedPictures(names, "f"), names.join()).toThrow(
      expect.objectContaining({ code: "media", message: expect.stringMatching(sentence) }),
    );
});
