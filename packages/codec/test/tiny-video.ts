/** Small videos and the tiny picture model as their codec. */
import { createRuntime } from "@nacre/runtime/node";
import type { Picture } from "@nacre/signal";
import {
  createVideoCodec,
  type DecodedFrame,
  type DecodeVideoOptions,
  type EncodeVideoOptions,
  loadPictureModel,
  type PictureVideo,
  pictureFrames,
  type VideoCodec,
} from "../src/index.js";
import { inPieces, joinBytes } from "./tiny.js";
import { scene, tinyPictureFiles } from "./tiny-picture.js";

export async function openTinyVideo(): Promise<VideoCodec> {
  return createVideoCodec(
    pictureFrames(await loadPictureModel(await tinyPictureFiles()), createRuntime(), 1),
  );
}

/** Frames of a scene that goes by, two pixels a frame. */
export function panned(width: number, height: number, count: number): Picture[] {
  const wide = scene(width + 2 * count, height);
  return Array.from({ length: count }, (_, frame) => ({
    ...{ width, height, colour: "rgb", bitDepth: 8 },
    planes: wide.planes.map((plane) =>
      Uint8Array.from(
        { length: width * height },
        (_, at) => plane[Math.floor(at / width) * wide.width + (at % width) + 2 * frame]!,
      ),
    ),
  }));
}

/** A video of pictures at ten frames a second, or at times of their own. */
export function videoOf(
  pictures: readonly Picture[],
  change: Partial<PictureVideo> & { times?: readonly number[] } = {},
): PictureVideo {
  const { times, ...facts } = change;
  const { width, height } = pictures[0] ?? { width: 70, height: 50 };
  return {
    ...{ width, height, subsampling: "4:2:0", matrix: "bt601", range: "limited" },
    ...(facts.clock === undefined && { rate: { numerator: 10, denominator: 1 } }),
    ...facts,
    pictures: (async function* () {
      for (const [at, picture] of pictures.entries()) yield { picture, ...(times && { time: times[at]! }) };
    })(),
  };
}

export async function encodeVideo(
  codec: VideoCodec,
  video: PictureVideo,
  options: EncodeVideoOptions = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of codec.encode(video, options)) parts.push(part);
  return joinBytes(parts);
}

export async function decodeVideo(
  codec: VideoCodec,
  file: Uint8Array,
  options: DecodeVideoOptions & { sizes?: readonly number[] } = {},
) {
  const decoded = await codec.decode(inPieces(file, options.sizes), options);
  const frames: DecodedFrame[] = [];
  for await (const frame of decoded.pictures) frames.push(frame);
  return { frames, header: decoded.header, ...(await decoded.end()) };
}
