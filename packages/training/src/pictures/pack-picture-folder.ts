import { isNacreError, NacreError } from "@nacre/errors";
import { type OpenedPicture, openPicture } from "@nacre/media/pictures";
import type { PictureTile } from "@nacre/signal";
import { type FoundFile, findFiles, originOf, splitAfter } from "../found-files.js";
import { createPictureCorpusWriter, type PictureCorpusWriter } from "./picture-corpus-writer.js";

const pictureFile = /\.(png|jpe?g|webp|avif|tiff?|gif)$/i;

/** Of a larger picture the middle is packed, so that one of 24 megapixels does not outweigh ten small ones. */
const longest = 1536;

/** What packing found. */
export type PackedPictures = { pictures: number; skipped: { path: string; reason: string }[] };

/**
 * Packs a user's picture files into a corpus folder, upright, as 8-bit RGB; every twentieth is kept aside to measure on.
 * A file that cannot be read, is smaller than a crop or transparent is skipped and named.
 *
 * inputs  picture files, or folders that are searched for them
 * crop    pixels along a side of what a training step sees
 * throws  NacreError "media" when nothing is left to train on
 */
export async function packPictureFolder(
  inputs: readonly string[],
  folder: string,
  crop: number,
  onFile?: (done: number, total: number) => void,
): Promise<PackedPictures> {
  const files = await findFiles(inputs, pictureFile, "pictures");
  const writer = await createPictureCorpusWriter(folder);
  const result: PackedPictures = { pictures: 0, skipped: [] };
  try {
    for (const [index, file] of files.entries()) {
      const reason = await packFile(writer, file, crop, splitAfter(result.pictures));
      if (reason === undefined) result.pictures++;
      else result.skipped.push({ path: file.path, reason });
      onFile?.(index + 1, files.length);
    }
    if (result.pictures === 0) throw nothingFound(inputs, result.skipped, crop);
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await writer.finish();
  return result;
}

// Why a file gave nothing, or undefined when it is packed.
async function packFile(
  writer: PictureCorpusWriter,
  file: FoundFile,
  crop: number,
  split: "train" | "validation",
): Promise<string | undefined> {
  try {
    const middle = await middleOf(file.path, crop);
    const { maker: photographer, ...origin } = originOf(file);
    await writer.add(pixelsOf(middle), middle, { ...origin, photographer, licence: "the user's own", split });
    return undefined;
  } catch (error) {
    if (isNacreError(error) && error.code === "media") return error.message;
    throw error;
  }
}

async function middleOf(path: string, crop: number): Promise<PictureTile> {
  const picture = await openPicture(path);
  try {
    checkSize(picture, path, crop);
    const { width, height } = picture;
    const [wide, high] = [Math.min(width, longest), Math.min(height, longest)];
    const tile = await picture.readTile((width - wide) >> 1, (height - high) >> 1, wide, high);
    const full = 2 ** picture.bitDepth - 1;
    if (tile.alpha?.some((coverage) => coverage !== full))
      throw new NacreError("media", { found: `${path} is transparent`, expected: "an opaque picture" });
    return tile;
  } finally {
    await picture.close();
  }
}

/** Red, green and blue of each pixel, 8 bits; grey becomes three alike. */
function pixelsOf({ planes, width, height }: PictureTile): Uint8Array {
  const pixels = new Uint8Array(3 * width * height);
  for (let colour = 0; colour < 3; colour++) {
    const plane = planes[colour] ?? planes[0]!;
    const scale = plane instanceof Uint8Array ? 1 : 257;
    for (let at = 0; at < plane.length; at++) pixels[3 * at + colour] = Math.round(plane[at]! / scale);
  }
  return pixels;
}

function checkSize({ width, height }: OpenedPicture, path: string, crop: number): void {
  if (Math.min(width, height) >= crop) return;
  throw new NacreError("media", {
    found: `${path} is ${width} x ${height} pixels`,
    expected: `at least ${crop} on each side`,
  });
}

function nothingFound(
  inputs: readonly string[],
  skipped: PackedPictures["skipped"],
  crop: number,
): NacreError {
  const first = skipped[0] ? ` (${skipped.length} could not be used, such as: ${skipped[0].reason})` : "";
  return new NacreError("media", {
    found: `no picture to train on in ${inputs.join(", ")}${first}`,
    expected: `PNG, JPEG, WebP, AVIF, TIFF or GIF of at least ${crop} pixels on each side`,
    mend: "name a folder with photographs",
  });
}
