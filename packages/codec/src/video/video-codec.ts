import type { Damage, VideoEnds, VideoHeader } from "@nacre/bitstream";
import type { Picture, VideoFacts } from "@nacre/signal";
import { decodeVideo } from "./decode-video.js";
import { encodeVideo } from "./encode-video.js";
import type { FrameCodec } from "./frame-codec.js";

/** A frame as the codec sees it: 8-bit RGB, with a time where the video has a clock; see VideoFrame. */
export type VideoPicture = { picture: Picture; time?: number };

/** How a video's colours were, or are to be, brought to red, green and blue; nobody guesses any more. */
export type ColouredFacts = VideoFacts & Required<Pick<VideoFacts, "matrix" | "range">>;

/**
 * A video of pictures. The same picture object twice, or the same samples, is a repeated frame.
 *
 * endTime  see VideoStream
 */
export type PictureVideo = ColouredFacts & { pictures: AsyncIterable<VideoPicture>; endTime?: () => number };

/**
 * A sound to go into a video's file.
 *
 * file       the bytes of a sound's own .nacre file, as Codec.encode gives them; pulled as the video goes on
 * frameRate  frames of codes per second of the model that makes it
 */
export type SoundFile = { file: AsyncIterable<Uint8Array>; frameRate: number };

/** How a video is written: at most one of layers, quality, psnr, bpp and kbps; quality 75 where none is given. */
export type EncodeVideoOptions = {
  /** Content layers of every frame, 1 .. all. */
  layers?: number;
  /** 0 .. 100 of every frame, as for pictures. */
  quality?: number;
  /** dB of every frame that is not a repeat; where the model cannot, the nearest it can. */
  psnr?: number;
  /** Bits per pixel and frame as a mean over the video, sound not counted; see RateControl. */
  bpp?: number;
  /** kbit/s of the whole file as a mean, sound and container included; see RateControl. */
  kbps?: number;
  /** Frames, where they are known beforehand. */
  length?: number;
  sound?: SoundFile;
  /** Frames written so far, and those of them that have codes of their own. */
  onProgress?: (frames: number, coded: number) => void;
};

/** How a video is read. */
export type DecodeVideoOptions = {
  /** Content layers to use, 1 .. those of the file; all by default. */
  layers?: number;
  /**
   * Goes on over damage instead of throwing: a frame without its upper layers is that of the trimmed file, and in the
   * place of one that is lost the frame before stays; before the first one it is black.
   */
  recover?: boolean;
  /** Frames that are shown at this second or later; only those that they need are decoded. */
  from?: number;
  /** Frames that are shown before this second. */
  to?: number;
  /** The chunk that stands behind the header in `source`, where those before are left out; see readVideoIndex. */
  firstChunk?: number;
  /** Larger frames are refused; 2^26 pixels by default. */
  maxPixels?: number;
  /** Frames given so far. */
  onProgress?: (frames: number) => void;
};

/** A frame out of a file; `number` counts from the video's first. A repeated frame is the same picture object again. */
export type DecodedFrame = VideoPicture & { number: number };

/** A video out of a file, frame by frame. */
export type DecodedVideo = ColouredFacts & {
  /** As read, before anything is decoded; its length is what was announced, not what came. */
  header: VideoHeader;
  pictures: AsyncIterable<DecodedFrame>;
  /**
   * To be asked once the pictures have ended: frames of the whole file (undefined where damage left it unknown), and what
   * was wrong with it, where `recover` went over it. Of a file that was left early nothing is known.
   */
  end(): Promise<VideoEnds & { length: number | undefined; damage: Damage[] }>;
};

/** A codec of frames joined to the container. Close it to free the networks. */
export type VideoCodec = {
  readonly frames: FrameCodec;
  /**
   * A video to the bytes of a .nacre file, piece by piece; memory holds some frames. Every frame is a key frame; one that
   * is the same as the one before costs some bytes.
   *
   * throws NacreError "option" for options out of range or together, "shape" for frames of another size than the video's,
   *        "media" for a video without frames
   */
  encode(video: PictureVideo, options?: EncodeVideoOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * Bytes of a .nacre file to a video, frame by frame; memory holds one chunk and a frame.
   *
   * throws NacreError "bitstream", "version" for what this codec cannot decode yet, or "model" when another model made
   *        the file; "option" for options out of range
   */
  decode(source: AsyncIterable<Uint8Array>, options?: DecodeVideoOptions): Promise<DecodedVideo>;
  close(): Promise<void>;
};

/** Joins a codec of frames, such as `pictureFrames`, to the container of videos. */
export function createVideoCodec(frames: FrameCodec): VideoCodec {
  return {
    frames,
    encode: (video, options = {}) => encodeVideo(frames, video, options),
    decode: (source, options = {}) => decodeVideo(frames, source, options),
    close: () => frames.close(),
  };
}
