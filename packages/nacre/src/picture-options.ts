import type { EncodePictureOptions as CodecOptions } from "@nacre/codec";
import type { TileCoder } from "@nacre/signal";

/** How a picture is encoded; at most one of layers, quality, bpp and psnr. */
export type EncodePictureOptions = {
  /** Content layers, 1 .. all, as the quantizer gives them. */
  layers?: number;
  /** 0 .. 100, continuous: more is better and larger; 75 where nothing is asked for. */
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

/** What of these options is the codec's; it refuses what excludes each other. */
export function codecOptions(
  { guard = true, strip: _strip, signal: _signal, ...options }: EncodePictureOptions,
  coder: TileCoder,
): CodecOptions {
  return { ...options, ...(guard && { guard: coder }) };
}
