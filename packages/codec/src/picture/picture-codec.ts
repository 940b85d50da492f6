import type { Damage, PictureHeader } from "@nacre/bitstream";
import type { Runtime } from "@nacre/runtime";
import type { Picture, PictureStream } from "@nacre/signal";
import type { LayerCodes } from "../layer-codes.js";
import { decodePicture } from "./decode-picture.js";
import { encodePicture } from "./encode-picture.js";
import { createPictureEngine } from "./picture-engine.js";
import { pictureCodes, pictureLatent, synthesizePicture } from "./picture-layers.js";
import type { PictureModel } from "./picture-model.js";
import type { ReadablePicture } from "./readable-picture.js";

/** How a picture is written: at most one of layers, quality, bpp and psnr. */
export type EncodePictureOptions = {
  /** Content layers, 1 .. all, as the quantizer gives them: fewer are the trimmed file of more. */
  layers?: number;
  /** 0 .. 100, continuous; bytes grow with it. Codes are chosen by rate and distortion. 75 by default. */
  quality?: number;
  /** Bits of the whole file for a pixel to land on within 2 percent; trials, and 4 bytes of memory for a pixel. */
  bpp?: number;
  /**
   * dB to reach, and at most .1 above: 10 log10(255^2 / MSE) with one MSE over all samples, taken as 8-bit. Trials,
   * each of which is decoded, and 7 bytes of memory for a pixel (280 MB for 40 megapixels).
   */
  psnr?: number;
  /** Tiles encoded so far, and all. */
  onProgress?: (tiles: number, all: number) => void;
};

/** How a picture is read. */
export type DecodePictureOptions = {
  /** Content layers to use, 1 .. those of the file; all by default. */
  layers?: number;
  /**
   * Goes on over damage instead of throwing: a tile without its upper layers looks like the trimmed file, one that
   * is lost becomes what its neighbours make of it, and attachments that are damaged are left out.
   */
  recover?: boolean;
  /** Larger pictures are refused; 2^28 by default. */
  maxPixels?: number;
  /** Tiles decoded so far, and all. */
  onProgress?: (tiles: number, all: number) => void;
};

/** A picture that comes tile by tile, and what its file says of it. */
export type DecodedPicture = PictureStream & {
  /** As read, before anything is decoded. */
  header: PictureHeader;
  /** To be asked once the tiles have ended: what was wrong with the file, where `recover` went over it. */
  end(): Promise<{ damage: Damage[] }>;
};

/** A model of pictures joined to a runtime. Close it to free the networks. */
export type PictureCodec = {
  readonly model: PictureModel;
  /**
   * A picture to the bytes of a .nacre file, piece by piece; memory holds some tiles, with bpp or psnr what
   * `EncodePictureOptions` says.
   *
   * Profile, EXIF, XMP and density are kept as they are, alpha without loss.
   *
   * throws NacreError "option" for options out of range or together, a bpp or psnr that cannot be landed on (the
   *        nearest is named), or attachments of more than 16 MiB, "shape" for planes that are not those of the picture
   */
  encode(
    picture: ReadablePicture,
    options?: EncodePictureOptions,
  ): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * Bytes of a .nacre file to a picture, tile by tile; memory holds some rows of tiles.
   *
   * throws NacreError "bitstream", "version", or "model" when another model made the file
   */
  decode(source: AsyncIterable<Uint8Array>, options?: DecodePictureOptions): Promise<DecodedPicture>;
  /**
   * Codes of a picture: side codes [rows / 4, columns / 4, Z], then every content layer [rows, columns, C].
   * throws NacreError "shape" as encode
   */
  codes(picture: ReadablePicture): Promise<LayerCodes[]>;
  /**
   * The picture, 8-bit RGB, of side codes and some content layers, which are all used.
   *
   * size    pixels, whole cells by default
   * throws  NacreError "shape" for codes that the model cannot have, or of another size
   */
  synthesize(layers: readonly LayerCodes[], size?: { width: number; height: number }): Promise<Picture>;
  /** The latent [rows * columns, C], as the encoder gives it. throws as codes */
  latent(picture: ReadablePicture): Promise<Float32Array>;
  close(): Promise<void>;
};

/**
 * Opens a model of pictures on a runtime; networks are opened for a size of window when they are first needed.
 *
 * threads  of the runtime, for one window at a time; its choice by default
 */
export async function createPictureCodec(
  model: PictureModel,
  runtime: Runtime,
  { threads }: { threads?: number } = {},
): Promise<PictureCodec> {
  const engine = createPictureEngine(model, runtime, threads);
  return {
    model,
    encode: (picture, options = {}) => encodePicture(model, engine, picture, options),
    decode: (source, options = {}) => decodePicture(model, engine, source, options),
    codes: (picture) => pictureCodes(model, engine, picture),
    synthesize: (layers, size) => synthesizePicture(model, engine, layers, size),
    latent: (picture) => pictureLatent(model, engine, picture),
    close: () => engine.close(),
  };
}
