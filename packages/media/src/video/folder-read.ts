import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { NacreError, naming } from "@nacre/errors";
import type { Picture, VideoFacts, VideoFrame } from "@nacre/signal";
import { openPicture, readPicture } from "../pictures/open-picture.js";
import { pictureToFrame } from "./colour.js";
import type { OpenedVideoFile, OpenVideoOptions } from "./open-video.js";
import { defaultMaxFramePixels } from "./y4m-read.js";

const endings = [".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff"];
/** Pictures as frames, as JPEG has them: nothing is lost but the rounding of luma and colour to 8 bits. */
const form = { subsampling: "4:4:4", matrix: "bt601", range: "full" } as const;

type Numbered = { name: string; number: number };

/**
 * Opens a folder of numbered pictures, all of one size, as a video; its pictures are counted before one is read.
 *
 * throws  NacreError "media" for a folder without numbered pictures, with several rows of them, or with a number missing
 */
export async function openPictureFolder(
  folder: string,
  { rate, maxFramePixels = defaultMaxFramePixels }: OpenVideoOptions,
): Promise<OpenedVideoFile> {
  const names = numberedPictures(await naming(folder, readdir(folder)), folder);
  const first = await openPicture(join(folder, names[0]!), { maxPixels: maxFramePixels });
  const { width, height } = first;
  await first.close();
  const facts: VideoFacts = { width, height, ...form, ...(rate && { rate }) };
  return {
    ...facts,
    count: names.length,
    warnings: rate ? [] : [`${folder} says no frame rate: 25 frames per second are taken`],
    frames: framesOf(folder, names, { ...facts, ...form }),
    close: async () => undefined,
  };
}

/** The pictures of a folder in the order of their numbers; throws NacreError "media" where they are no row. */
export function numberedPictures(all: readonly string[], folder: string): string[] {
  const rows = new Map<string, Numbered[]>();
  for (const name of all) {
    const ending = extname(name).toLowerCase();
    const [, head, digits] = /^(.*?)(\d+)\.\w+$/.exec(name) ?? [];
    if (name.startsWith(".") || digits === undefined || !endings.includes(ending)) continue;
    const row = `${head}*${ending}`;
    rows.set(row, [...(rows.get(row) ?? []), { name, number: Number(digits) }]);
  }
  const [only, ...more] = rows.values();
  if (!only || more.length > 0) {
    throw new NacreError("media", {
      found: only
        ? `${folder} holds ${[...rows.keys()].join(" and ")}`
        : `${folder} holds no numbered pictures`,
      expected: "one row of numbered pictures, such as 00001.png, 00002.png",
    });
  }
  const row = only.sort((a, b) => a.number - b.number);
  for (const [at, { name, number }] of row.entries()) {
    const before = row[at - 1];
    if (before && number !== before.number + 1) throw wrongNumber(folder, before, { name, number });
  }
  return row.map(({ name }) => name);
}

async function* framesOf(
  folder: string,
  names: readonly string[],
  facts: VideoFacts & typeof form,
): AsyncGenerator<VideoFrame, void, undefined> {
  for (const name of names) {
    const path = join(folder, name);
    const picture = await readPicture(path, { maxPixels: 4 * facts.width * facts.height });
    if (picture.width !== facts.width || picture.height !== facts.height) {
      throw new NacreError("media", {
        found: `${path} is ${picture.width} x ${picture.height}`,
        expected: `${facts.width} x ${facts.height}, as the first`,
        mend: "bring all frames to one size first; the frames before are good",
      });
    }
    yield pictureToFrame(facts, plain(picture, path), facts);
  }
}

/** 8-bit RGB; throws NacreError "media" for a picture that can be seen through. */
function plain({ width, height, bitDepth, planes, alpha }: Picture, path: string): Picture {
  const full = 2 ** bitDepth - 1;
  if (alpha?.some((coverage) => coverage !== full))
    throw new NacreError("media", { found: `${path} is transparent`, expected: "opaque frames" });
  const eight = planes.map((plane) =>
    plane instanceof Uint8Array ? plane : Uint8Array.from(plane, (sample) => Math.round(sample / 257)),
  );
  const [red, green = red, blue = red] = eight;
  return { width, height, colour: "rgb", bitDepth: 8, planes: [red!, green!, blue!] };
}

function wrongNumber(folder: string, before: Numbered, after: Numbered): NacreError {
  const isTwice = before.number === after.number;
  return new NacreError("media", {
    found: isTwice
      ? `${folder} holds frame ${after.number} twice, ${before.name} and ${after.name}`
      : `${folder} has no frame ${before.number + 1}: after ${before.name} comes ${after.name}`,
    expected: "numbers without gaps",
    mend: isTwice ? "take one away" : "put it back, or number the pictures anew",
  });
}
