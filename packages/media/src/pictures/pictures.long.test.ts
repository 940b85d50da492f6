import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PictureTile } from "@nacre/signal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exifOf, noisePicture } from "../../test/pictures.js";
import { openPicture, pictureBytes, readPicture, writePicture } from "./index.js";

/** 39 998 000 pixels, as a large camera gives them: 120 MB of samples. */
const [width, height] = [7744, 5165];
const tile = 512;
/** Megabytes that the process may grow while a picture of 120 MB goes by in tiles. */
const bound = 60;
const samples = (width * height * 3) / 2 ** 20;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacre-test-"));
  await pictureBytes(noisePicture(), { format: "png" });
});
afterAll(() => rm(folder, { recursive: true }));

/** Waves and a little noise, so that files have the size of photographs. */
async function* tiles(): AsyncGenerator<PictureTile> {
  let state = 1;
  for (const [x, y, across, along] of places(width, height)) {
    const plane = (colour: number) => {
      const made = new Uint8Array(across * along);
      for (let at = 0; at < made.length; at++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        const wave =
          Math.sin((x + (at % across)) / 97 + colour) * Math.cos((y + Math.floor(at / across)) / 131);
        made[at] = 127 + 100 * wave + (state >>> 28);
      }
      return made;
    };
    yield { width: across, height: along, planes: [0, 1, 2].map(plane) };
  }
}

function* places(across: number, along: number): Generator<[x: number, y: number, w: number, h: number]> {
  for (let y = 0; y < along; y += tile)
    for (let x = 0; x < across; x += tile)
      yield [x, y, Math.min(tile, across - x), Math.min(tile, along - y)];
}

/** Megabytes in use that no file stands behind, where the system tells; else all. */
function megabytes(): number {
  const status = "/proc/self/status";
  if (!existsSync(status)) return process.memoryUsage().rss / 2 ** 20;
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(status, "latin1"))?.[1]) / 1024;
}

/** The most that the process grows during some work. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = megabytes();
  let most = before;
  const look = () => {
    most = Math.max(most, megabytes());
  };
  const watch = setInterval(look, 5);
  await work();
  clearInterval(watch);
  look();
  return most - before;
}

const facts = { width, height, colour: "rgb", bitDepth: 8, hasAlpha: false } as const;

/** Turned on its side, which costs the most. */
const exif = exifOf(6);

for (const format of ["jpeg", "png"] as const) {
  test(`40 million pixels are written and read as ${format} within ${bound} MB`, async () => {
    const path = join(folder, `large.${format}`);
    const written = await growth(() => writePicture(path, { ...facts, exif, tiles: tiles() }, { format }));
    expect(written).toBeLessThan(bound);
    const read = await growth(async () => {
      const opened = await openPicture(path);
      expect([opened.width, opened.height]).toEqual([height, width]);
      for (const place of places(height, width)) await opened.readTile(...place);
      await opened.close();
    });
    expect(read).toBeLessThan(bound);
  }, 600_000);
}

test("a whole picture in memory takes its samples and little more", async () => {
  const path = join(folder, "large.jpeg");
  const read = await growth(async () => {
    const { planes } = await readPicture(path);
    expect(planes.map((plane) => plane.length)).toEqual([0, 0, 0].map(() => width * height));
  });
  expect(read).toBeGreaterThan(samples * 0.9);
  expect(read).toBeLessThan(samples + bound);
}, 600_000);
