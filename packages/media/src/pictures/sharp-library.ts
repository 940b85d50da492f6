import { NacreError } from "@nacre/errors";
import type sharp from "sharp";
import type { PictureFormat } from "./picture-format.js";

/** The picture library, as a program imports it. */
export type SharpLibrary = typeof sharp;

let loading: Promise<SharpLibrary> | undefined;

/** The picture library, loaded when the first picture is touched, so that sound never pays for it. */
export function loadSharp(): Promise<SharpLibrary> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SharpLibrary> {
  try {
    const { default: library } = await import("sharp");
    // Its cache goes by file name: a file read, replaced and read again would give the first picture.
    library.cache(false);
    return library;
  } catch (cause) {
    throw new NacreError(
      "runtime",
      {
        found: `the picture library sharp does not load on ${process.platform} ${process.arch}`,
        mend: "install the packages again without leaving out optional ones",
      },
      { cause },
    );
  }
}

const fullDisk = /no space left|ENOSPC|disk quota/i;
/** The library's own word for a head that it cannot place, though its first bytes are of the format. */
const unplaced = /contains unsupported image format/;
const unread = /unsupported|not supported|not implemented|unimplemented|precision/i;
const cut = /premature|truncat|unexpected end|end of (file|image|stream)|too short|not enough/i;

/**
 * What the library says of a picture that it cannot read, in our words.
 *
 * cutShort  the container's own sizes prove that bytes are missing
 */
export function readingError(
  cause: unknown,
  name: string,
  format: PictureFormat,
  cutShort: boolean,
): NacreError {
  const message = messageOf(cause);
  if (fullDisk.test(message)) return fullDiskError(cause);
  const shown = formatNames[format];
  if (cutShort || cut.test(message)) {
    const parts = { found: `${name} is ${shown} that is cut short`, mend: "copy or download it again" };
    return new NacreError("media", { ...parts, expected: "the whole file" }, { cause });
  }
  if (unread.test(message) && !unplaced.test(message)) {
    const parts = { found: `${name} is ${shown} of a rare kind`, mend: "convert it to PNG first" };
    return new NacreError("media", { ...parts, expected: "one that this reader knows" }, { cause });
  }
  const parts = { found: `${name} is ${shown} that is damaged`, mend: "make the file again from its source" };
  return new NacreError("media", { ...parts, expected: "one that can be decoded" }, { cause });
}

/** What the library says of a picture that it cannot write, in our words. */
export function writingError(cause: unknown, name: string, format: PictureFormat): NacreError {
  if (fullDisk.test(messageOf(cause))) return fullDiskError(cause);
  return new NacreError(
    "media",
    {
      found: `${name} cannot be written as ${formatNames[format]}`,
      mend: "choose another format, such as PNG",
    },
    { cause },
  );
}

/**
 * Complaints about a file that break nothing in its picture. Cameras write the first for years; the
 * library would refuse the file over them.
 */
const harmless = /invalid SOS parameters|extraneous bytes before marker|unknown JFIF revision/i;

/** True where the picture is whole though the library complains. */
export function isHarmless(cause: unknown): boolean {
  return harmless.test(messageOf(cause));
}

/** The library's names of the samples that pictures have here, by colour and bit depth. */
export const colourSpaces = {
  rgb: { 8: "srgb", 16: "rgb16" },
  grey: { 8: "b-w", 16: "grey16" },
} as const;

/** Each format as a sentence names it. */
export const formatNames: Readonly<Record<PictureFormat, string>> = {
  png: "a PNG",
  jpeg: "a JPEG",
  webp: "a WebP",
  avif: "an AVIF",
  tiff: "a TIFF",
  gif: "a GIF",
};

function fullDiskError(cause: unknown): NacreError {
  const parts = { found: "the disk of the temporary folder is full", mend: "free some space or set TMPDIR" };
  return new NacreError("io", parts, { cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
