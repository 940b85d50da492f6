import {
  type DecodeVideoOptions as CodecDecodeOptions,
  type EncodeVideoOptions as CodecEncodeOptions,
  type ColouredFacts,
  createVideoCodec,
  type DecodedVideo,
  type LayerCodes,
  type PictureVideo,
  pictureFrames,
  type VideoCodec,
  type VideoPicture,
  videoFileCodes,
} from "@nacre/codec";
import { frameToPicture, pictureToFrame } from "@nacre/media/video";
import { createRuntime } from "@nacre/runtime/node";
import type { AudioStream, VideoFrame, VideoStream } from "@nacre/signal";
import { defaultPictureModel, infoOf, type PictureModelInfo } from "./models.js";
import { open } from "./open.js";
import { readModelOf } from "./read-model-of.js";
import { untilAborted } from "./until-aborted.js";

/** How a video is encoded: at most one of layers, quality, psnr, bpp and kbps. */
export type EncodeVideoOptions = Omit<CodecEncodeOptions, "sound"> & {
  /** What is heard beside it, beginning with the first frame; coded by a model of sounds into the same file. */
  sound?: AudioStream;
  /** Name or folder of that model; the shipped speech model by default. */
  soundModel?: string;
  /** Content layers of the sound; all by default. */
  soundLayers?: number;
  /** Ends the video where it is: the file is finished and holds what was read. */
  signal?: AbortSignal;
};

/** How a video is decoded; without `recover` damage is an error. */
export type DecodeVideoOptions = CodecDecodeOptions & {
  /** Ends the video after the frame at hand, without an error. */
  signal?: AbortSignal;
};

/** An open model that codes videos. They come back with their size, frames, times and colours. */
export type VideoNacre = {
  readonly model: PictureModelInfo;
  /**
   * A video to the bytes of a file, piece by piece; memory holds some frames.
   *
   * throws NacreError "option" for options out of range, "shape" for frames that are not of the video, "media" for none
   */
  encodeStream(
    video: VideoStream & ColouredFacts,
    options?: EncodeVideoOptions,
  ): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * A file as pictures, one by one as bytes arrive; the header is read at once.
   *
   * throws NacreError "bitstream", "version" or "model" for files that cannot be decoded
   */
  decodeStream(source: AsyncIterable<Uint8Array>, options?: DecodeVideoOptions): Promise<DecodedVideo>;
  /** Codes [layer][frame] in a file, of the frames that have codes of their own. throws as decodeStream */
  codes(file: Uint8Array): LayerCodes[][];
  /** Frees the networks. */
  close(): Promise<void>;
};

/**
 * Opens a model to code videos with: so far one of pictures, which codes every frame on its own.
 *
 * model    name of an installed model, or its folder; the shipped model of photographs by default
 * threads  of the networks; the number of cores by default
 * throws   NacreError "model" when there is none, it is damaged or of sounds
 */
export async function openVideos(
  model: string = defaultPictureModel,
  { threads }: { threads?: number } = {},
): Promise<VideoNacre> {
  const { model: loaded, folder } = await readModelOf("image", model);
  const codec = createVideoCodec(pictureFrames(loaded, createRuntime(), threads));
  return {
    model: infoOf(loaded, folder),
    encodeStream: (video, options = {}) => encodeStream(codec, video, options),
    async decodeStream(source, { signal, ...options } = {}) {
      const decoded = await codec.decode(source, options);
      return { ...decoded, pictures: untilAborted(decoded.pictures, signal) };
    },
    codes: (file) => videoFileCodes(loaded, file),
    close: () => codec.close(),
  };
}

async function* encodeStream(
  codec: VideoCodec,
  video: VideoStream & ColouredFacts,
  { sound, soundModel, soundLayers, signal, ...options }: EncodeVideoOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pictures = picturesOf({ ...video, frames: untilAborted(video.frames, signal) });
  if (!sound) {
    yield* codec.encode(pictures, options);
    return;
  }
  const nacre = await open(soundModel);
  try {
    const file = nacre.encodeStream(sound, {
      ...(signal && { signal }),
      ...(soundLayers !== undefined && { layers: soundLayers }),
    });
    yield* codec.encode(pictures, { ...options, sound: { file, frameRate: nacre.model.frameRate } });
  } finally {
    await nacre.close();
  }
}

/** Frames of luma and colours as pictures of red, green and blue, by the matrix and range that the video says. */
export function picturesOf({ frames, ...facts }: VideoStream & ColouredFacts): PictureVideo {
  async function* pictures(): AsyncGenerator<VideoPicture, void, undefined> {
    let before: { frame: VideoFrame; made: VideoPicture["picture"] } | undefined;
    for await (const frame of frames) {
      const made =
        before && sameFrame(before.frame, frame) ? before.made : frameToPicture(facts, frame, facts);
      before = { frame, made };
      yield { picture: made, ...(frame.time !== undefined && { time: frame.time }) };
    }
  }
  return { ...facts, pictures: pictures() };
}

/** Pictures as frames of luma and colours; a picture that comes again is converted once. */
export function framesOf(
  { pictures, ...facts }: PictureVideo,
  subsampling: VideoStream["subsampling"] = facts.subsampling,
): VideoStream & ColouredFacts {
  const form = { ...facts, subsampling };
  async function* frames(): AsyncGenerator<VideoFrame, void, undefined> {
    let before: { picture: VideoPicture["picture"]; planes: VideoFrame["planes"] } | undefined;
    for await (const { picture, time } of pictures) {
      const planes = before?.picture === picture ? before.planes : pictureToFrame(form, picture, form).planes;
      before = { picture, planes };
      yield { planes, ...(time !== undefined && { time }) };
    }
  }
  return { ...form, frames: frames() };
}

function sameFrame(a: VideoFrame, b: VideoFrame): boolean {
  return a.planes.every((plane, at) => Buffer.compare(plane, b.planes[at]!) === 0);
}
