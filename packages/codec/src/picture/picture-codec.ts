import type { Damage, PictureHeader } from "@nacre/bitstream";
import type { Runtime } from "@nacre/runtime";
import type { Picture, PictureStream, TileCoder } from "@nacre/signal";
import type { LayerCodes } from "../layer-codes.js";
import { type ModelVariant, modelVariant } from "../model-variant.js";
import { decodePicture } from "./decode-picture.js";
import { encodePicture } from "./encode-picture.js";
import { pictureBlockChanges } from "./picture-block-changes.js";
import { createPictureEngine } from "./picture-engine.js";
import { pictureCodes, pictureLatent, synthesizePicture } from "./picture-layers.js";
import type { PictureModel } from "./picture-model.js";
import type { ReadablePicture } from "./readable-picture.js";
import type { Rectangle } from "./tile-grid.js";

/** How a picture is written: at most one of layers, quality, bpp and psnr. */
export type EncodePictureOptions = {
  /** Content layers, 1 .. all, as the quantizer gives them: fewer are the trimmed file of more. */
  layers?: number;
  /** 0 .. 100, continuous; bytes grow with it. Codes are chosen by rate and distortion. 75 by default. */
  quality?: number;
  /** Bits of the whole file for a pixel to land on within 2 percent; trials, and 5 bytes of memory for a pixel. */
  bpp?: number;
  /**
   * dB to reach, and at most .1 above: 10 log10(255^2 / MSE) with one MSE over all samples, taken as 8-bit. Trials,
   * each of which is decoded, and 8 bytes of memory for a pixel (320 MB for 40 megapixels), with 256 channels.
   */
  psnr?: number;
  /** Every tile that one of its codings codes better in no more bytes is stored by that; absent: all in layers. Of bpp and psnr it gets the
   * final choice: bytes and error can only become less. */
  guard?: TileCoder | undefined;
  /** Tiles encoded so far, and all. */
  onProgress?: (tiles: number, all: number) => void;
};

/** How a picture is read. */
export type DecodePictureOptions = {
  /** Content layers to use, 1 .. those of the file; all by default. Tiles that are stored otherwise have none. */
  layers?: number;
  /**
   * Goes on over damage instead of throwing: a tile without its upper layers looks like the trimmed file, one that
   * is lost becomes what its neighbours make of it, and attachments that are damaged are left out.
   */
  recover?: boolean;
  /** Larger pictures are refused; 2^28 by default. */
  maxPixels?: number;
  /**
   * Called with the content layers' codes of each tile, [layer][rows, columns, C], before they are decoded; what it
   * writes into them is decoded instead. `at`: where the tile lies, in positions. Not for tiles that are stored otherwise.
   */
  edit?: (layers: readonly Int32Array[], at: Rectangle) => void;
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
   * throws NacreError "bitstream", "version", "model" when another model made the file, or "option" when it has tiles
   *        that are stored by another coding and the codec was opened without a tile coder
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
  /** The same on a variant of the model, to be closed by itself. */
  variant(which: ModelVariant): Promise<PictureCodec>;
  /**
   * |state after - state before| / |state before| of each block of the decoder that can be left out, over the codes of
   * a prefix as `synthesize` takes them; none for a decoder without such blocks.
   */
  blockChanges(layers: readonly LayerCodes[]): Promise<number[]>;
  close(): Promise<void>;
};

/**
 * Opens a model of pictures on a runtime; networks are opened for a size of window when they are first needed.
 *
 * threads    of the runtime, for one window at a time; its choice by default
 * tileCoder  reads tiles that are stored by another coding (see EncodePictureOptions.guard); without it files that
 *            have some are refused
 */
export async function createPictureCodec(
  model: PictureModel,
  runtime: Runtime,
  opened: { threads?: number; tileCoder?: TileCoder } = {},
): Promise<PictureCodec> {
  const { threads, tileCoder } = opened;
  const engine = createPictureEngine(model, runtime, threads);
  return {
    model,
    encode: (picture, options = {}) => encodePicture(model, engine, picture, options),
    decode: (source, options = {}) => decodePicture(model, engine, source, options, tileCoder),
    codes: (picture) => pictureCodes(model, engine, picture),
    synthesize: (layers, size) => synthesizePicture(model, engine, layers, size),
    latent: (picture) => pictureLatent(model, engine, picture),
    variant: (which) => createPictureCodec(modelVariant(model, which), runtime, opened),
    blockChanges: (layers) => pictureBlockChanges(model, runtime, threads, layers),
    close: () => engine.close(),
  };
}
