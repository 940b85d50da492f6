import { NacreError } from "@nacre/errors";
import type { PictureFacts } from "@nacre/signal";
import type { Sharp } from "sharp";
import { jpegRoom } from "./container-edits.js";
import type { WritableFormat } from "./picture-format.js";
import { formatNames } from "./sharp-library.js";

/**
 * How a picture is written.
 *
 * quality     1 .. 100 for JPEG, WebP and AVIF; 95, 95 and 85 by default
 * lossless    WebP and AVIF without any loss at 8 bits; PNG and TIFF always are
 * background  red, green and blue, 0 .. 255, that show through where alpha does, for formats without alpha
 * strip       leave out profile, EXIF, XMP and density
 */
export type PictureSettings = {
  quality?: number;
  lossless?: boolean;
  background?: readonly [red: number, green: number, blue: number];
  strip?: boolean;
};

/**
 * A format as a target.
 *
 * bits      most bits per sample that it holds
 * alpha     it has alpha
 * grey      it has pictures of one colour
 * lossy     it has a quality; `lossless` may be chosen where this is "choice"
 * longest   pixels of the longest side
 */
type Target = {
  bits: 8 | 12 | 16;
  alpha: boolean;
  grey: boolean;
  lossy: "never" | "choice" | "always";
  longest: number;
  encode(picture: Sharp, choice: Choice): Sharp;
};

/** density in pixels per millimetre, which is how the library counts. */
type Choice = {
  pixels: number;
  quality: number | undefined;
  lossless: boolean;
  bitDepth: 8 | 16;
  density: number | undefined;
};

/** Pixels of the largest JPEG whose code tables are fitted to it. */
const fittedPixels = 4_000_000;

const targets: Readonly<Record<WritableFormat, Target>> = {
  png: {
    ...{ bits: 16, alpha: true, grey: true, lossy: "never", longest: 1_000_000 },
    encode: (picture) => picture.png({ compressionLevel: 6, adaptiveFiltering: true }),
  },
  tiff: {
    ...{ bits: 16, alpha: true, grey: true, lossy: "never", longest: 1_000_000 },
    encode: (picture, { density: xres }) =>
      picture.tiff({
        ...{ compression: "deflate", predictor: "horizontal" },
        ...(xres && { xres, yres: xres, resolutionUnit: "inch" }),
      }),
  },
  jpeg: {
    ...{ bits: 8, alpha: false, grey: true, lossy: "always", longest: 65_500 },
    // Fitted code tables save a tenth of the bytes, but need all coefficients, 12 bytes a pixel.
    encode: (picture, { quality = 95, pixels }) =>
      picture.jpeg({ quality, chromaSubsampling: "4:4:4", optimiseCoding: pixels <= fittedPixels }),
  },
  webp: {
    ...{ bits: 8, alpha: true, grey: false, lossy: "choice", longest: 16_383 },
    // Exact keeps the colours of pixels that cannot be seen, as lossless has to.
    encode: (picture, { quality = 95, lossless }) =>
      picture.webp(lossless ? { lossless, exact: true } : { quality }),
  },
  avif: {
    ...{ bits: 12, alpha: true, grey: false, lossy: "choice", longest: 16_384 },
    encode: (picture, { quality = 85, lossless, bitDepth }) =>
      picture.avif({
        ...(lossless ? { lossless } : { quality }),
        chromaSubsampling: "4:4:4",
        bitdepth: bitDepth === 8 ? 8 : 12,
      }),
  },
};

/**
 * What is decided before the first sample is written.
 *
 * bitDepth    of the samples that are handed to the library
 * background  what alpha is laid over; absent where alpha is kept or there is none
 * facts       profile, EXIF, XMP and density that are written
 * warnings    a sentence for each thing that the format cannot keep
 */
export type WritingPlan = {
  format: WritableFormat;
  bitDepth: 8 | 16;
  hasAlpha: boolean;
  background?: readonly number[];
  facts: Pick<PictureFacts, "iccProfile" | "exif" | "xmp" | "density">;
  warnings: string[];
  encode(picture: Sharp): Sharp;
};

/**
 * Checks that a picture and its settings fit a format.
 *
 * throws  NacreError "option" for a setting that is out of range or that the format has not, and for alpha
 *         without a background in a format without alpha; "media" for a picture too large for the format;
 *         "shape" for one without pixels
 */
export function planWriting(
  picture: PictureFacts & { hasAlpha: boolean },
  format: WritableFormat,
  settings: PictureSettings,
): WritingPlan {
  const target = targets[format];
  const shown = formatNames[format];
  checkSettings(settings, target, shown, picture.bitDepth);
  checkSide(picture, target, shown);
  const { quality, lossless = false, background = [], strip = false } = settings;
  const bitDepth = target.bits === 8 ? 8 : picture.bitDepth;
  const laidOver = picture.hasAlpha && !target.alpha;
  if (laidOver && !settings.background) throw alphaRefused(shown);
  const warnings =
    bitDepth < picture.bitDepth ? [`${shown} has 8 bits; the 16 of the picture are rounded`] : [];
  if (picture.bitDepth === 16 && target.bits === 12)
    warnings.push(`${shown} has 12 bits; the 16 of the picture are rounded`);
  const facts = strip ? {} : keptFacts(picture, format, warnings);
  const pixels = picture.width * picture.height;
  const density = facts.density && facts.density / 25.4;
  return {
    format,
    bitDepth,
    hasAlpha: picture.hasAlpha && !laidOver,
    ...(laidOver && { background: overColour(background, picture) }),
    facts,
    warnings,
    encode: (made) => target.encode(made, { pixels, quality, lossless, bitDepth, density }),
  };
}

function checkSettings(settings: PictureSettings, target: Target, shown: string, bitDepth: 8 | 16): void {
  const { quality, lossless = false, background } = settings;
  const refuse = (found: string, expected: string, mend: string) => {
    throw new NacreError("option", { found, expected, mend });
  };
  if (quality !== undefined) {
    if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100))
      refuse(`quality is ${quality}`, "a whole number from 1 to 100", "choose one of these");
    if (target.lossy === "never")
      refuse(`quality is ${quality} for ${shown}`, "none: it is lossless", "leave quality out");
    if (lossless) refuse(`quality is ${quality} beside lossless`, "one of the two", "leave one out");
  }
  if (lossless && target.lossy === "always")
    refuse(`lossless is asked of ${shown}`, "PNG, TIFF, WebP or AVIF", "choose another format");
  if (lossless && target.lossy === "choice" && bitDepth === 16)
    refuse(`lossless is asked of ${shown} for 16 bits`, "PNG or TIFF", "choose another format");
  if (background && !background.every((level) => Number.isInteger(level) && level >= 0 && level <= 255))
    refuse(`background is ${background.join(", ")}`, "three whole numbers from 0 to 255", "choose others");
}

function checkSide({ width, height }: PictureFacts, { longest }: Target, shown: string): void {
  if (![width, height].every((side) => Number.isInteger(side) && side >= 1)) {
    const expected = "whole numbers of at least 1";
    throw new NacreError("shape", { found: `the picture is ${width} x ${height} pixels`, expected });
  }
  if (Math.max(width, height) <= longest) return;
  throw new NacreError("media", {
    found: `the picture is ${width} x ${height} pixels`,
    expected: `at most ${longest} on a side for ${shown}`,
    mend: "write it as PNG or TIFF",
  });
}

function alphaRefused(shown: string): NacreError {
  return new NacreError("option", {
    found: `the picture has alpha, which ${shown} has not`,
    expected: "a background to lay it over",
    mend: "give a background, or write it as PNG, WebP, AVIF or TIFF",
  });
}

/** A background in the colours and at the depth of a picture; grey by the weights of Rec. ITU-R BT.601. */
function overColour(background: readonly number[], { colour, bitDepth }: PictureFacts): number[] {
  const [red = 0, green = 0, blue = 0] = background;
  const levels =
    colour === "rgb" ? [red, green, blue] : [Math.round(0.299 * red + 0.587 * green + 0.114 * blue)];
  return levels.map((level) => (bitDepth === 16 ? level * 257 : level));
}

function keptFacts(
  picture: PictureFacts,
  format: WritableFormat,
  warnings: string[],
): Pick<PictureFacts, "iccProfile" | "exif" | "xmp" | "density"> {
  const { iccProfile, exif, xmp, density } = picture;
  const shown = formatNames[format];
  const space = picture.colour === "grey" && targets[format].grey ? "GRAY" : "RGB ";
  const fitsSamples = iccProfile !== undefined && profileSpace(iccProfile) === space;
  if (iccProfile && !fitsSamples)
    warnings.push(`the profile is left out: it is not one for the ${space.trim()} samples of ${shown}`);
  const fits = (bytes: Uint8Array | undefined, room: number, name: string) => {
    if (!bytes) return false;
    if (format !== "jpeg" || bytes.length <= room) return true;
    warnings.push(`${name} of ${bytes.length} bytes is left out: ${shown} holds ${room}`);
    return false;
  };
  return {
    ...(fitsSamples && { iccProfile }),
    ...(exif && fits(exif, jpegRoom.exif, "EXIF") && { exif }),
    ...(xmp && fits(xmp, jpegRoom.xmp, "XMP") && { xmp }),
    ...(density && { density }),
  };
}

/** ICC.1:2022, 7.2: the colour space of the samples; undefined for what is no profile. */
function profileSpace(iccProfile: Uint8Array): string | undefined {
  const head = Buffer.from(iccProfile.subarray(0, 40)).toString("latin1");
  return head.slice(36) === "acsp" ? head.slice(16, 20) : undefined;
}
