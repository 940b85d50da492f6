import { NacreError } from "@nacre/errors";
import type { PictureFacts } from "@nacre/signal";
import type { Metadata } from "sharp";
import { bareExif, tellsDensity, uprightExif, uprightXmp } from "./exif.js";
import { isTurned, type Orientation, orientationOf } from "./orientation.js";
import type { PictureFormat } from "./picture-format.js";
import type { PictureMarks } from "./picture-marks.js";
import { colourSpaces, formatNames } from "./sharp-library.js";

/**
 * What a file's head tells of its picture, and how its samples are to be read.
 *
 * facts           of the upright picture
 * orientation     how what is stored is set upright
 * convert         colours go through the file's profile to sRGB (CMYK, Lab)
 * space           the library's name for the samples that it shall give
 * sourceBitDepth  bits per sample in the file: 1, 2, 4, 8, 10, 12 or 16
 */
export type PictureHead = {
  format: PictureFormat;
  facts: PictureFacts;
  hasAlpha: boolean;
  sourceBitDepth: number;
  orientation: Orientation;
  convert: boolean;
  space: "srgb" | "rgb16" | "b-w" | "grey16";
  warnings: string[];
};

/** The library's names of colour spaces: what becomes of each. */
const spaces: Readonly<Record<string, { colour: "rgb" | "grey"; bitDepth: 8 | 16; converted?: string }>> = {
  "b-w": { colour: "grey", bitDepth: 8 },
  grey16: { colour: "grey", bitDepth: 16 },
  srgb: { colour: "rgb", bitDepth: 8 },
  rgb: { colour: "rgb", bitDepth: 8 },
  rgb16: { colour: "rgb", bitDepth: 16 },
  cmyk: { colour: "rgb", bitDepth: 8, converted: "CMYK" },
  lab: { colour: "rgb", bitDepth: 8, converted: "Lab" },
  labs: { colour: "rgb", bitDepth: 8, converted: "Lab" },
};

/**
 * What the library told of a file, checked, as a head.
 *
 * throws  NacreError "media" for several frames or pages, for more pixels than `maxPixels`, and for samples
 *         that are neither 8- nor 16-bit RGB, grey or CMYK
 */
export function headOf(
  metadata: Metadata,
  format: PictureFormat,
  marks: PictureMarks,
  name: string,
  maxPixels: number,
): PictureHead {
  checkFrames(name, format, marks.animated, metadata.pages);
  checkSize(name, metadata.width, metadata.height, maxPixels);
  const space = spaces[metadata.space];
  const channels = metadata.channels - (metadata.hasAlpha ? 1 : 0);
  const expected = metadata.space === "cmyk" ? 4 : space?.colour === "grey" ? 1 : 3;
  if (!space || channels !== expected) throw strangeSamples(metadata, format, name);
  if (!space.converted && metadata.depth !== (space.bitDepth === 8 ? "uchar" : "ushort"))
    throw strangeSamples(metadata, format, name);
  const { colour, bitDepth, converted } = space;
  const orientation = format === "avif" ? 1 : orientationOf(metadata.orientation);
  return {
    format,
    facts: { ...sizeOf(metadata, orientation), colour, bitDepth, ...blobsOf(metadata, marks, converted) },
    hasAlpha: metadata.hasAlpha,
    sourceBitDepth: metadata.bitsPerSample ?? bitDepth,
    orientation,
    convert: converted !== undefined,
    space: colourSpaces[colour][bitDepth],
    warnings: [...marks.warnings, ...convertedWarning(converted, metadata)],
  };
}

/** Refuses films; throws NacreError "media". */
export function checkFrames(name: string, format: PictureFormat, animated: boolean, pages = 1): void {
  // The tiles of an AVIF count as pages, so there only its brand tells.
  if (!animated && (pages <= 1 || format === "avif")) return;
  const shown = `${name} is ${formatNames[format]}`;
  if (format === "tiff") {
    const mend = "save the page that you want as a file of its own";
    throw new NacreError("media", { found: `${shown} of ${pages} pages`, expected: "one picture", mend });
  }
  const frames = pages > 1 ? ` of ${pages} frames` : "";
  throw new NacreError("media", {
    found: `${shown} animation${frames}`,
    expected: "one picture",
    mend: "code it with nacre-video",
  });
}

/** Refuses sizes before anything is allocated; throws NacreError "media". */
export function checkSize(name: string, width: number, height: number, maxPixels: number): void {
  const found = `${name} is ${width} x ${height} pixels`;
  if (width < 1 || height < 1)
    throw new NacreError("media", { found, expected: "at least one pixel", mend: "make the file again" });
  if (width * height > maxPixels) {
    const mend = "raise maxPixels if you trust the file";
    throw new NacreError("media", { found, expected: `at most ${maxPixels} in all`, mend });
  }
}

function strangeSamples(
  { space, depth, channels }: Metadata,
  format: PictureFormat,
  name: string,
): NacreError {
  return new NacreError("media", {
    found: `${name} is ${formatNames[format]} of ${channels} channels of ${depth} samples in ${space}`,
    expected: "8 or 16 bit RGB, grey or CMYK, with or without alpha",
    mend: "convert it to 16-bit RGB first",
  });
}

function sizeOf({ width, height }: Metadata, orientation: Orientation): { width: number; height: number } {
  return isTurned(orientation) ? { width: height, height: width } : { width, height };
}

function blobsOf(
  { icc, exif, xmp, density }: Metadata,
  marks: PictureMarks,
  converted: string | undefined,
): Pick<PictureFacts, "iccProfile" | "exif" | "xmp" | "density"> {
  const bare = exif ? bareExif(exif) : marks.exif;
  const known = marks.tellsDensity || tellsDensity(bare);
  return {
    ...(icc && !converted && { iccProfile: new Uint8Array(icc) }),
    ...(bare && { exif: uprightExif(bare) }),
    ...(xmp && { xmp: uprightXmp(xmp) }),
    ...(known && density && { density }),
  };
}

function convertedWarning(converted: string | undefined, { icc, depth }: Metadata): string[] {
  if (converted === undefined) return [];
  const through = icc ? "its profile" : "a general profile, since it has none";
  const bits = depth === "uchar" ? "" : " of 8 bits";
  return [`${converted} is converted to sRGB${bits} through ${through}; it cannot be converted back exactly`];
}
