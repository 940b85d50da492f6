import type { EncodePictureOptions as CodecOptions } from "@nacre/codec";
import { NacreError } from "@nacre/errors";

/** How a picture is encoded; at most one of layers, quality, bpp and psnr. */
export type EncodePictureOptions = {
  /** Content layers, 1 .. all; all by default. */
  layers?: number;
  /** 0 .. 100, continuous: more is better and larger. */
  quality?: number;
  /** Bits per pixel of the whole file. */
  bpp?: number;
  /** dB over red, green and blue, peak 255. */
  psnr?: number;
  /** Checks every tile, and stores one that the networks do badly in another way. True by default. */
  guard?: boolean;
  /** Leaves out EXIF and XMP; the profile stays, since colours mean nothing without it. */
  strip?: boolean;
  /** Tiles encoded so far, and all. */
  onProgress?: (tiles: number, all: number) => void;
  /** Gives up: NacreError "cancelled", since half a picture is of no use. */
  signal?: AbortSignal;
};

/** What of these options is the codec's. throws NacreError "option" for two that exclude each other */
export function codecOptions({ layers, quality, bpp, psnr, onProgress }: EncodePictureOptions): CodecOptions {
  const rates = { layers, quality, bpp, psnr };
  const given = Object.entries(rates).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new NacreError("option", {
      found: given.map(([name, value]) => `${name} ${value}`).join(" and "),
      expected: "one of layers, quality, bpp and psnr",
    });
  }
  refuseUnbuilt(rates);
  return { ...Object.fromEntries(given), ...(onProgress && { onProgress }) };
}

// The codec does not know these yet: this function goes when it does, and `guard` is handed on above.
function refuseUnbuilt(rates: Pick<EncodePictureOptions, "quality" | "bpp" | "psnr">): void {
  for (const name of ["quality", "bpp", "psnr"] as const) {
    if (rates[name] === undefined) continue;
    throw new NacreError("option", {
      found: `${name} ${rates[name]}`,
      expected: "layers, as this release has no other control of the rate",
    });
  }
}
