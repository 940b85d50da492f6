import {
  FORMAT_VERSION,
  type LayerInfo,
  prefixLayers,
  type SoundHeader,
  type SoundTrack,
  type StreamHeader,
  type VideoHeader,
} from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import { hex } from "../model-parts.js";
import type { FrameCodec } from "./frame-codec.js";
import type { ColouredFacts } from "./video-codec.js";

/** Pixels of a frame that a decoder takes on unless it is told otherwise: 8K and some more. */
export const defaultMaxFramePixels = 2 ** 26;

/** The header of a video's file with so many content layers. */
export function videoHeaderOf(
  codec: FrameCodec,
  facts: ColouredFacts,
  used: number,
  length: number | undefined,
  sound: SoundHeader | undefined,
): VideoHeader {
  const { width, height, rate, clock, subsampling, siting, matrix, range, aspect } = facts;
  return {
    version: FORMAT_VERSION,
    media: "video",
    model: codec.id,
    decodeHash: codec.decodeHash,
    ...{ width, height, rate, clock, subsampling, siting, matrix, range, aspect },
    tile: codec.tile,
    length,
    sound: sound && trackOf(sound),
    layers: codec.layers.slice(0, prefixLayers(codec.layers, used)),
  };
}

function trackOf({ version: _version, media: _media, ...track }: SoundHeader): SoundTrack {
  return track;
}

/** What a header says of the video, as it was given. */
export function videoFactsOf(header: VideoHeader): ColouredFacts {
  const { width, height, rate, clock, subsampling, siting, matrix, range, aspect } = header;
  return {
    ...{ width, height, subsampling, matrix, range },
    ...(rate && { rate }),
    ...(clock !== undefined && { clock }),
    ...(siting && { siting }),
    ...(aspect && { aspect }),
  };
}

/** Seconds at which a frame is shown; without rate and clock 25 frames are taken for a second. */
export function secondsOf({ rate, clock }: Pick<ColouredFacts, "rate" | "clock">, number: number, time = 0) {
  if (clock !== undefined) return time / clock;
  const { numerator, denominator } = rate ?? { numerator: 25, denominator: 1 };
  return (number * denominator) / numerator;
}

/**
 * The header, when it is of a video.
 *
 * throws  NacreError "bitstream" for another medium's
 */
export function videoHeader(header: StreamHeader): VideoHeader {
  if (header.media === "video") return header;
  throw new NacreError("bitstream", { found: `a file of ${header.media}`, expected: "a video" });
}

/**
 * The header of a file that a codec of frames can decode.
 *
 * throws  NacreError "model" when another model made it, "bitstream" when it is no video or its frames are too large
 */
export function checkVideoHeader(
  codec: FrameCodec,
  found: StreamHeader,
  maxPixels = defaultMaxFramePixels,
): VideoHeader {
  const header = videoHeader(found);
  if (header.model !== codec.id) {
    throw new NacreError("model", {
      found: `a file made with ${header.model}`,
      expected: codec.id,
      mend: `open ${header.model}`,
    });
  }
  if (hex(header.decodeHash) !== hex(codec.decodeHash) || !sameLayout(codec, header)) {
    throw new NacreError("model", {
      found: `a file made with another ${header.model}, decode hash ${hex(header.decodeHash)}`,
      expected: `decode hash ${hex(codec.decodeHash)}, tiles of ${codec.tile} pixels`,
      mend: "get the model that the file was made with",
    });
  }
  if (header.width * header.height <= maxPixels) return header;
  throw new NacreError("bitstream", {
    found: `frames of ${header.width} x ${header.height} pixels`,
    expected: `at most ${maxPixels} pixels`,
    mend: "raise the limit if the file is to be trusted",
  });
}

function sameLayout(codec: FrameCodec, { tile, layers }: VideoHeader): boolean {
  const same = (a: LayerInfo, b: LayerInfo | undefined) =>
    a.role === b?.role && a.alphabet === b.alphabet && a.stride === b.stride;
  return tile === codec.tile && layers.every((layer, at) => same(layer, codec.layers[at]));
}
