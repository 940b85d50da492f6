import { layerBytes, type PictureHeader, pictureTiles, readStream } from "@nacre/bitstream";
import {
  type DecodePictureOptions,
  decoderBlocks,
  encoderBlocks,
  layerCodebook,
  type PictureCodec,
  pictureFileAlpha,
  pictureFileBits,
  pictureFileCodes,
} from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { LayerCodes, PictureSubject, StoredTile, Variant } from "@nacre/inspect";
import { collectPicture } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";
import { patches } from "./soundings.js";

/**
 * A picture's file as inspection sees it; all work is done by the codec's own functions.
 *
 * original  what the file was made from, where it is at hand
 * decode    decodes a prefix; by default the codec does, so a caller can keep what is decoded
 * throws    NacreError "bitstream", "version" or "model" for a file that this codec cannot decode
 */
export function pictureSubjectOf(
  codec: PictureCodec,
  file: Uint8Array,
  original?: Picture,
  decode: (options: DecodePictureOptions) => Promise<Picture> = (options) =>
    decodeWhole(codec, file, options),
): PictureSubject {
  const { model } = codec;
  const codes = pictureFileCodes(model, file);
  const maps = pictureFileBits(model, file);
  const { header } = readStream(file);
  if (header.media !== "image") throw noPicture(header.media);
  const { width, height, colour, bitDepth } = header;
  const { layers: bytesPerLayer, stored, container } = layerBytes(file);
  const tiles = storedTiles(file, header);
  const alpha = pictureFileAlpha(model, file);
  const layers: LayerCodes[] = alpha
    ? [{ ...alphaShape(header), data: Int32Array.from(alpha) }, ...codes]
    : codes;
  const blocks = decoderBlocks(model);
  const encoding = encoderBlocks(model);
  // Side codes come before the content layers, and alpha before them.
  const contentOf = (layer: number) => layer - (layers.length - codes.length) - 1;
  return {
    ...{ model: header.model, medium: "image", width, height, colour, bitDepth },
    layers: layers.map((layer) => [layer]),
    bytesPerLayer,
    containerBytes: container,
    ...(tiles.length > 0 && { tiles, storedBytes: stored }),
    decode: (k) => decode({ layers: k }),
    bitMap: (layer) => maps[layer]!,
    codebook: (layer) => layerCodebook(model.quantizer, contentOf(layer)),
    variant: (variant) => variantOf(codec, file, codes, variant),
    soundings: (layer, placed) => patches(codec, codes, contentOf(layer), placed),
    ...(blocks !== undefined && { decoderBlocks: blocks, blockChanges: () => codec.blockChanges(codes) }),
    ...(encoding !== undefined && { encoderBlocks: encoding }),
    ...(original && {
      original,
      latents: () => latentsOf(codec, original, codes),
      reencoded: (encoderBlocks: number) => reencoded(codec, original, codes.length - 1, encoderBlocks),
    }),
  };
}

// Layers above the last one that is kept are cut off, so that leaving out the last layers is decoding a prefix.
async function variantOf(
  codec: PictureCodec,
  file: Uint8Array,
  [, ...content]: readonly LayerCodes[],
  { without = [], replaced, blocks }: Variant,
): Promise<Picture> {
  const kept = Array.from(content.keys()).filter((layer) => !without.includes(layer));
  const layers = 1 + (kept.at(-1) ?? 0);
  const edit: DecodePictureOptions["edit"] = (codes, at) => {
    const data = replaced && codes[replaced.layer];
    if (!data) return;
    const [, columns, channels] = content[replaced.layer]!.grid as [number, number, number];
    const position = Math.floor(replaced.at / channels);
    const [row, column] = [Math.floor(position / columns) - at.row, (position % columns) - at.column];
    if (row < 0 || row >= at.rows || column < 0 || column >= at.columns) return;
    data[(row * at.columns + column) * channels + (replaced.at % channels)] = replaced.code;
  };
  if (without.length === 0 && blocks === undefined) return decodeWhole(codec, file, { layers, edit });
  const other = await codec.variant({ without, ...(blocks === undefined ? {} : { decoderBlocks: blocks }) });
  try {
    return await decodeWhole(other, file, { layers, edit });
  } finally {
    await other.close();
  }
}

// As many layers, as the quantizer gives them: rate and quality of the file play no part.
async function reencoded(codec: PictureCodec, original: Picture, layers: number, blocks: number) {
  const other = await codec.variant({ encoderBlocks: blocks });
  try {
    const parts: Uint8Array[] = [];
    for await (const part of other.encode(original, { layers })) parts.push(part);
    return await decodeWhole(codec, new Uint8Array(Buffer.concat(parts)), {});
  } finally {
    await other.close();
  }
}

async function latentsOf(codec: PictureCodec, original: Picture, [, ...content]: readonly LayerCodes[]) {
  const { quantizer } = codec.model;
  const codes = content.map(({ data }) => data);
  return {
    latent: quantizer.target(await codec.latent(original)),
    prefixes: (k: number) => quantizer.dequantize(codes.slice(0, k)),
    dimension: quantizer.dimension,
  };
}

/** Tiles that are not stored in layers, in pixels. */
function storedTiles(file: Uint8Array, { width, height, tile }: PictureHeader): StoredTile[] {
  return pictureTiles(file)
    .filter(({ kind }) => kind !== "network")
    .map(({ kind, ...place }) => {
      const [row, column] = [place.row * tile, place.column * tile];
      const [rows, columns] = [Math.min(tile, height - row), Math.min(tile, width - column)];
      return { row, column, rows, columns, kind };
    });
}

/** Samples of alpha are its codes. */
function alphaShape({ width, height, bitDepth }: { width: number; height: number; bitDepth: 8 | 16 }) {
  return { role: "alpha" as const, grid: [height, width], stride: [1, 1], alphabet: 2 ** bitDepth };
}

async function decodeWhole(
  codec: PictureCodec,
  file: Uint8Array,
  options: DecodePictureOptions,
): Promise<Picture> {
  return collectPicture(await codec.decode(once(file), options));
}

async function* once(file: Uint8Array) {
  yield file;
}

function noPicture(media: string): NacreError {
  return new NacreError("bitstream", { found: `a file of ${media}`, expected: "a picture" });
}
