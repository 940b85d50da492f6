import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import type { PicturePlanes } from "@nacre/metrics";
import sharp, { type Sharp } from "sharp";

/** A picture of a folder, as 8-bit RGB. */
export type NamedPicture = { name: string; picture: PicturePlanes };

/**
 * The lossless pictures in a folder, in the order of their names.
 *
 * throws  NacreError "media" when there is none, or one has transparency or more than 8 bits
 */
export async function readPictures(folder: string): Promise<NamedPicture[]> {
  const names = (await readdir(folder)).filter((name) => /\.(png|tiff?)$/i.test(name)).sort();
  if (names.length === 0) {
    throw new NacreError("media", { found: `no picture in ${folder}`, expected: "PNG or TIFF files" });
  }
  const pictures: NamedPicture[] = [];
  for (const name of names) pictures.push({ name, picture: await readPicture(join(folder, name)) });
  return pictures;
}

async function readPicture(path: string): Promise<PicturePlanes> {
  const image = sharp(path);
  const { hasAlpha, depth } = await image.metadata();
  if (!hasAlpha && depth === "uchar") return planesOf(image);
  throw new NacreError("media", {
    found: `${path} has ${hasAlpha ? "transparency" : `samples of type ${depth}`}`,
    expected: "8-bit grey or RGB, which is all that every contender can code",
  });
}

/** What sharp decodes, as three planes of 8 bits. */
export async function planesOf(image: Sharp): Promise<PicturePlanes> {
  const { data, info } = await image.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const planes = [0, 1, 2].map((c) => {
    const plane = new Uint8Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = data[i * channels + c]!;
    return plane;
  });
  return { width, height, peak: 255, planes };
}

/** Three planes of 8 bits as what sharp encodes. */
export function imageOf({ width, height, planes }: PicturePlanes): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (const [c, plane] of planes.entries()) {
    for (let i = 0; i < plane.length; i++) data[i * 3 + c] = plane[i]!;
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}
