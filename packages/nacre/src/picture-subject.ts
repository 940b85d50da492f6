import { layerBytes, type PictureHeader, pictureTiles, readStream } from "@nacre/bitstream";
import {
  type DecodePictureOptions,
  type PictureCodec,
  pictureFileAlpha,
  pictureFileBits,
  pictureFileCodes,
} from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { LayerCodes, PictureSubject, StoredTile } from "@nacre/inspect";
import { collectPicture } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";

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
  return {
    ...{ model: header.model, medium: "image", width, height, colour, bitDepth },
    layers: layers.map((layer) => [layer]),
    bytesPerLayer,
    containerBytes: container,
    ...(tiles.length > 0 && { tiles, storedBytes: stored }),
    decode: (k) => decode({ layers: k }),
    bitMap: (layer) => maps[layer]!,
    ...(original && { original, latents: () => latentsOf(codec, original, codes) }),
  };
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
