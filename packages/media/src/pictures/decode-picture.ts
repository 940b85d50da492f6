import { join } from "node:path";
import { assert, NacreError } from "@nacre/errors";
import type { PicturePlane } from "@nacre/signal";
import { openPictureBytes, type PictureBytes, type PictureInput } from "./picture-bytes.js";
import { checkFrames, checkSize, headOf, type PictureHead } from "./picture-facts.js";
import { type PictureFormat, pictureFormatIn } from "./picture-format.js";
import { isCutShort, type PictureMarks, readMarks } from "./picture-marks.js";
import { openPixelRows, type PixelRows, temporaryFolder } from "./pixel-file.js";
import { stretch } from "./planes.js";
import { isHarmless, loadSharp, readingError } from "./sharp-library.js";

/** A decoded picture: its head, and its samples as they are stored. */
export type DecodedPicture = { head: PictureHead; rows: PixelRows };

/**
 * Checks a picture file and decodes it into a file of our own, in the order in which nothing large happens
 * before it is known to be harmless: first bytes, marks, sizes, head, samples.
 */
export async function decodePicture(input: PictureInput, maxPixels: number): Promise<DecodedPicture> {
  if (!(maxPixels >= 1)) {
    const mend = "leave it out for 40 million";
    throw new NacreError("option", {
      found: `maxPixels is ${maxPixels}`,
      expected: "a number above 0",
      mend,
    });
  }
  // Uncompressed samples with a profile are less than this, so nothing honest is refused.
  const source = await openPictureBytes(input, 8 * maxPixels + (1 << 26));
  try {
    const format = pictureFormatIn(await source.read(0, 4096), source.name);
    const marks = await readMarks(source, format);
    checkFrames(source.name, format, marks.animated);
    if (marks.size) checkSize(source.name, ...marks.size, maxPixels);
    const head = await readHead(source, format, marks, maxPixels);
    const rows = await decode(source, head, maxPixels);
    return { head, rows };
  } finally {
    await source.close();
  }
}

async function readHead(
  source: PictureBytes,
  format: PictureFormat,
  marks: PictureMarks,
  maxPixels: number,
): Promise<PictureHead> {
  const sharp = await loadSharp();
  const metadata = await sharp(source.input, { limitInputPixels: false })
    .metadata()
    .catch(async (cause: unknown) => {
      throw readingError(cause, source.name, format, await isCutShort(source, format));
    });
  return headOf(metadata, format, marks, source.name, maxPixels);
}

async function decode(source: PictureBytes, head: PictureHead, maxPixels: number): Promise<PixelRows> {
  const folder = await temporaryFolder();
  const path = join(folder.path, "pixels.v");
  try {
    await decodeTo(path, source, head, maxPixels);
    const rows = await openPixelRows(path, folder.remove, mendOf(head));
    const { colour, bitDepth } = head.facts;
    const channels = (colour === "rgb" ? 3 : 1) + (head.hasAlpha ? 1 : 0);
    assert(rows.layout.channels === channels, "samples are decoded to the channels of the head");
    assert(rows.layout.bitDepth === bitDepth, "samples are decoded to the bits of the head");
    return rows;
  } finally {
    // An open file stays readable without its name, and a killed process then leaves nothing behind. Where
    // a system refuses that, the folder goes when the picture is closed.
    await folder.remove().catch(() => undefined);
  }
}

async function decodeTo(
  path: string,
  source: PictureBytes,
  head: PictureHead,
  maxPixels: number,
): Promise<void> {
  const sharp = await loadSharp();
  const run = (failOn: "warning" | "error") =>
    sharp(source.input, { failOn, limitInputPixels: maxPixels, ignoreIcc: !head.convert })
      .toColourspace(head.space)
      .toFile(path);
  try {
    await run("warning").catch(async (cause: unknown) => {
      if (!isHarmless(cause)) throw cause;
      await run("error");
      head.warnings.push(`${source.name} breaks rules of its format that do not touch the picture`);
    });
  } catch (cause) {
    throw readingError(cause, source.name, head.format, await isCutShort(source, head.format));
  }
}

/** What is left to do with samples after the library gave them; undefined for nothing. */
function mendOf({ facts, sourceBitDepth }: PictureHead): ((samples: PicturePlane) => void) | undefined {
  if (facts.bitDepth === 8 || sourceBitDepth >= 16) return undefined;
  return (samples) => stretch(samples, sourceBitDepth);
}
