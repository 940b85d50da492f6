import {
  type DecodePictureOptions as CodecDecodeOptions,
  createPictureCodec,
  type DecodedPicture,
  type LayerCodes,
  type PictureCodec,
  pictureFileCodes,
  type ReadablePicture,
} from "@nacre/codec";
import { type AtlasLayer, type AtlasOptions, codebookAtlas, type PictureReport } from "@nacre/inspect";
import { collectPicture, tileCoder } from "@nacre/media/pictures";
import { createRuntime } from "@nacre/runtime/node";
import type { Picture, TileCoder } from "@nacre/signal";
import { pictureEncodable, pictureUntilAborted } from "./abortable-picture.js";
import { defaultPictureModel, infoOf, type PictureModelInfo } from "./models.js";
import { inspectPictureFile, type PictureLayersOptions } from "./picture-layers.js";
import { codecOptions, type EncodePictureOptions } from "./picture-options.js";
import { pictureSubjectOf } from "./picture-subject.js";
import { readModelOf } from "./read-model-of.js";

/** How a picture is decoded; without `recover` damage is an error. */
export type DecodePictureOptions = CodecDecodeOptions & {
  /** Gives up: NacreError "cancelled". */
  signal?: AbortSignal;
};

/** An open model of pictures. They come back with their size, depth, alpha, profile, EXIF and XMP. */
export type PictureNacre = {
  readonly model: PictureModelInfo;
  /** throws NacreError "option" for options out of range, "shape" for planes that are not those of the picture */
  encode(picture: ReadablePicture, options?: EncodePictureOptions): Promise<Uint8Array>;
  /** The same piece by piece; memory holds some tiles. */
  encodeStream(picture: ReadablePicture, options?: EncodePictureOptions): AsyncIterable<Uint8Array>;
  /** throws NacreError "bitstream", "version" or "model" for files that cannot be decoded */
  decode(file: Uint8Array, options?: DecodePictureOptions): Promise<Picture>;
  /** The same tile by tile as bytes arrive; the header is read at once. */
  decodeStream(source: AsyncIterable<Uint8Array>, options?: DecodePictureOptions): Promise<DecodedPicture>;
  /** Codes of a picture, or those in a file: side codes first, then every content layer. */
  codes(source: ReadablePicture | Uint8Array): Promise<LayerCodes[]>;
  /** What each layer costs and carries; quality is measured against the picture, or `original` for a file. */
  layers(source: Picture | Uint8Array, options?: PictureLayersOptions): Promise<PictureReport>;
  /** The codes that each layer uses most, each decoded alone; see codebookAtlas. */
  atlas(
    source: Picture | Uint8Array,
    options?: AtlasOptions & { original?: Picture },
  ): Promise<AtlasLayer<Picture>[]>;
  /** Frees the networks. */
  close(): Promise<void>;
};

/**
 * Opens a model of pictures.
 *
 * model    name of an installed model, or its folder; the shipped model of photographs by default
 * threads  of the networks; the number of cores by default
 * throws   NacreError "model" when there is none, it is damaged or of sounds
 */
export async function openPictures(
  model: string = defaultPictureModel,
  { threads }: { threads?: number } = {},
): Promise<PictureNacre> {
  const { model: loaded, folder } = await readModelOf("image", model);
  const coder = tileCoder();
  const options = { tileCoder: coder, ...(threads === undefined ? {} : { threads }) };
  return picturesOf(
    await createPictureCodec(loaded, createRuntime(), options),
    coder,
    infoOf(loaded, folder),
  );
}

function picturesOf(codec: PictureCodec, coder: TileCoder, model: PictureModelInfo): PictureNacre {
  const encodeStream: PictureNacre["encodeStream"] = (picture, options = {}) =>
    codec.encode(pictureEncodable(picture, options), codecOptions(options, coder));
  const encode: PictureNacre["encode"] = async (picture, options) => {
    const parts: Uint8Array[] = [];
    for await (const part of encodeStream(picture, options)) parts.push(part);
    return new Uint8Array(Buffer.concat(parts));
  };
  const decodeStream: PictureNacre["decodeStream"] = async (source, { signal, ...options } = {}) =>
    pictureUntilAborted(await codec.decode(source, options), signal);
  const decode: PictureNacre["decode"] = async (file, options) =>
    collectPicture(await decodeStream(once(file), options));
  return {
    ...{ model, encode, encodeStream, decode, decodeStream },
    codes: async (source) =>
      source instanceof Uint8Array ? pictureFileCodes(codec.model, source) : codec.codes(source),
    async atlas(source, { original, ...options } = {}) {
      const isFile = source instanceof Uint8Array;
      const file = isFile ? source : await encode(source);
      return codebookAtlas(pictureSubjectOf(codec, file, isFile ? original : source), options);
    },
    async layers(source, options = {}) {
      const isFile = source instanceof Uint8Array;
      const file = isFile ? source : await encode(source);
      return inspectPictureFile(codec, file, isFile ? options : { ...options, original: source });
    },
    close: () => codec.close(),
  };
}

async function* once(file: Uint8Array) {
  yield file;
}
