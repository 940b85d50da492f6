import {
  FORMAT_VERSION,
  type LayerInfo,
  type PictureHeader,
  prefixLayers,
  type StreamHeader,
} from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { TiledPicture } from "@nacre/signal";
import { hex } from "../model-parts.js";
import { attachmentsOf } from "./picture-facts.js";
import { type PictureModel, sideReach } from "./picture-model.js";

/** Pixels of a picture that a decoder takes on unless it is told otherwise: 268 million, some minutes' work. */
export const defaultMaxPixels = 2 ** 28;

/** Pixels along a side of a tile. */
export function tilePixels({ config, patch }: PictureModel): number {
  return config.tile.size * patch;
}

/** The header of a picture's file with so many content layers. */
export function pictureHeaderOf(model: PictureModel, picture: TiledPicture, used: number): PictureHeader {
  const { width, height, bitDepth, colour, hasAlpha: alpha } = picture;
  const layers = layerInfos(model, { alpha, bitDepth });
  return {
    version: FORMAT_VERSION,
    media: "image",
    model: model.id,
    decodeHash: model.decodeHash,
    ...{ width, height, bitDepth, colour, alpha },
    tile: tilePixels(model),
    layers: layers.slice(0, prefixLayers(layers, used)),
    attachments: attachmentsOf(picture),
  };
}

/** Alpha where there is one, side codes, content layers. */
export function layerInfos(
  { quantizer, config, cell }: PictureModel,
  { alpha, bitDepth }: Pick<PictureHeader, "alpha" | "bitDepth">,
): LayerInfo[] {
  const content: LayerInfo = { role: "content", alphabet: 2 * config.quantizer.reach + 1, stride: 1 };
  return [
    ...(alpha ? [{ role: "side" as const, alphabet: 2 ** bitDepth, stride: 1 }] : []),
    { role: "side", alphabet: 2 * sideReach + 1, stride: cell },
    ...Array.from({ length: quantizer.layers }, () => content),
  ];
}

/** Content layers that a file has. */
export function contentLayers({ layers }: PictureHeader): number {
  return layers.filter(({ role }) => role === "content").length;
}

/**
 * The header of a file that a model can decode.
 *
 * maxPixels  more are refused: a hostile header must not ask for more memory than its user has
 * throws     NacreError "model" when another one made it, "bitstream" when it is no picture or too large
 */
export function checkPictureHeader(
  model: PictureModel,
  header: StreamHeader,
  maxPixels = defaultMaxPixels,
): PictureHeader {
  if (header.media !== "image") {
    throw new NacreError("bitstream", { found: `a file of ${header.media}`, expected: "a picture" });
  }
  if (header.model !== model.id) {
    throw new NacreError("model", {
      found: `a file made with ${header.model}`,
      expected: model.id,
      mend: `open ${header.model}`,
    });
  }
  if (hex(header.decodeHash) !== hex(model.decodeHash) || !sameLayout(model, header)) {
    throw new NacreError("model", {
      found: `a file made with another ${header.model}, decode hash ${hex(header.decodeHash)}`,
      expected: `decode hash ${hex(model.decodeHash)}, tiles of ${tilePixels(model)} pixels, at most ${model.quantizer.layers} layers`,
      mend: "get the model that the file was made with",
    });
  }
  const { width, height } = header;
  if (width * height <= maxPixels) return header;
  throw new NacreError("bitstream", {
    found: `a picture of ${width} x ${height} pixels`,
    expected: `at most ${maxPixels} pixels`,
    mend: "raise the limit if the file is to be trusted",
  });
}

function sameLayout(model: PictureModel, header: PictureHeader): boolean {
  const infos = layerInfos(model, header);
  return (
    header.tile === tilePixels(model) &&
    header.layers.length <= infos.length &&
    header.layers.every(({ role, alphabet, stride }, layer) => {
      const own = infos[layer]!;
      return role === own.role && alphabet === own.alphabet && stride === own.stride;
    })
  );
}
