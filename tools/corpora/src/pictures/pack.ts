import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { isNacreError, NacreError } from "@nacre/errors";
import { readPicture } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";
import { createPictureCorpusWriter, type PictureCorpusWriter } from "@nacre/training";
import { isHeld } from "./held.js";
import type { Photograph, PhotographSource } from "./photograph-source.js";
import { type Pixels, pixelsOf, reduced, reductionOf } from "./reduce.js";
import { checkNotReserved, reservedAs } from "./reserved.js";

/** A picture with a side shorter than this is left out; pixels, after it was made smaller. */
const shortest = 256;

/** What a source gave under one licence; megapixels of both splits, and those of them that are held. */
export type PackedLicence = { licence: string; pictures: number; megapixels: number; held: number };

/** What a source gave. */
export type PackedPhotographs = {
  name: string;
  credit: string;
  licences: PackedLicence[];
  /** Paths of pictures to measure with, as their names say; these are never packed. */
  reserved: string[];
  /** What cannot be read, is transparent or is too small: path and reason. */
  leftOut: string[];
};

/**
 * Packs sources, each in its folder, into one corpus. `onFile` hears of every file.
 * throws NacreError "option" when a folder is one of pictures to measure with; nothing is left behind then
 */
export async function packPictures(
  fetched: readonly { source: PhotographSource; root: string }[],
  folder: string,
  onFile: (name: string, done: number, total: number) => void,
): Promise<PackedPhotographs[]> {
  for (const { root } of fetched) checkNotReserved(root);
  const writer = await createPictureCorpusWriter(folder);
  const results: PackedPhotographs[] = [];
  try {
    for (const { source, root } of fetched) results.push(await packSource(writer, source, root, onFile));
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await writer.finish();
  return results;
}

async function packSource(
  writer: PictureCorpusWriter,
  source: PhotographSource,
  root: string,
  onFile: (name: string, done: number, total: number) => void,
): Promise<PackedPhotographs> {
  const { name, credit } = source;
  const licences = new Map<string, PackedLicence>();
  const leftOut: string[] = [];
  const { files, reserved } = await photographsIn(source, root);
  for (const [index, { path, photograph }] of files.entries()) {
    const pixels = await readPixels(join(root, path), source).catch((error: unknown) => {
      if (!isNacreError(error)) throw error;
      leftOut.push(`${path}: ${error.message}`);
    });
    if (pixels) await addPixels(writer, name, path, photograph, pixels, licences);
    onFile(name, index + 1, files.length);
  }
  return { name, credit, licences: [...licences.values()], reserved, leftOut };
}

// Reserved names are told before the source is asked, so no rule of a source can let one in.
async function photographsIn(source: PhotographSource, root: string) {
  const rule = await source.open(root);
  const found = (await readdir(root, { recursive: true })).map((path) => path.replaceAll(sep, "/")).sort();
  const [reserved, free] = [true, false].map((wanted) =>
    found.filter((path) => (reservedAs(path) !== undefined) === wanted),
  );
  const files = free!.flatMap((path) => {
    const photograph = rule(path);
    return photograph ? [{ path, photograph }] : [];
  });
  return { files, reserved: reserved! };
}

async function readPixels(path: string, { reduced: small = false }: PhotographSource): Promise<Pixels> {
  const picture = await readPicture(path);
  if (isTransparent(picture)) throw new NacreError("media", { found: "transparency", expected: "none" });
  const pixels = await reduced(pixelsOf(picture), small ? 1 : reductionOf(picture));
  if (Math.min(pixels.width, pixels.height) >= shortest) return pixels;
  throw new NacreError("media", {
    found: `${pixels.width}x${pixels.height} pixels left of ${picture.width}x${picture.height}`,
    expected: `${shortest} or more on each side`,
  });
}

function isTransparent({ alpha, bitDepth }: Picture): boolean {
  const full = 2 ** bitDepth - 1;
  return alpha?.some((coverage) => coverage !== full) ?? false;
}

async function addPixels(
  writer: PictureCorpusWriter,
  source: string,
  path: string,
  { photographer, licence }: Photograph,
  { width, height, data }: Pixels,
  licences: Map<string, PackedLicence>,
): Promise<void> {
  const split = isHeld(photographer) ? "validation" : "train";
  await writer.add(data, { width, height }, { source, path, photographer, licence, split });
  const before = licences.get(licence) ?? { licence, pictures: 0, megapixels: 0, held: 0 };
  const megapixels = (width * height) / 1e6;
  licences.set(licence, {
    licence,
    pictures: before.pictures + 1,
    megapixels: before.megapixels + megapixels,
    held: before.held + (split === "validation" ? megapixels : 0),
  });
}
