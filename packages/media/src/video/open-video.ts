import { stat } from "node:fs/promises";
import { NacreError, naming } from "@nacre/errors";
import type { AudioStream, Fraction } from "@nacre/signal";
import { openBytes } from "../bytes.js";
import { openContainer } from "./container-read.js";
import { openPictureFolder } from "./folder-read.js";
import { signature } from "./y4m-header.js";
import { type OpenedVideo, openY4m } from "./y4m-read.js";

/**
 * maxFramePixels  larger frames are refused before anything is allocated; 2^26 by default
 * rate            frames per second of a folder of pictures, or of a file that does not say it
 */
export type OpenVideoOptions = { maxFramePixels?: number; rate?: Fraction };

/**
 * A video of any kind, being read.
 *
 * sound     what is heard beside it, beginning with the first frame; may be read once, as the frames
 * warnings  a sentence for each thing that is wrong but could be read past
 */
export type OpenedVideoFile = OpenedVideo & { sound?: AudioStream; warnings: string[] };

/**
 * Opens a video: a YUV4MPEG2 file or pipe, a folder of numbered pictures, or, through an optional library, an MP4, MOV,
 * WebM or Matroska file.
 *
 * throws  NacreError "io" when there is nothing, "media" when it is not a video that is read here, without the library
 *         that it needs, or for a folder with a number missing
 */
export async function openVideo(
  source: string | AsyncIterable<Uint8Array>,
  options: OpenVideoOptions = {},
): Promise<OpenedVideoFile> {
  if (typeof source === "string" && (await naming(source, stat(source))).isDirectory())
    return openPictureFolder(source, options);
  const [isY4m, bytes] = await sniffed(source);
  if (isY4m) return withRate({ ...(await openY4m(bytes, options)), warnings: [] }, options);
  if (typeof source === "string") return withRate(await openContainer(source, options), options);
  throw new NacreError("media", {
    found: "a pipe that does not bring YUV4MPEG2",
    expected: "frames of .y4m, as ffmpeg -f yuv4mpegpipe gives them",
    mend: "name other files by their path: they are not read from front to back",
  });
}

function withRate(video: OpenedVideoFile, { rate }: OpenVideoOptions): OpenedVideoFile {
  return video.rate || video.clock !== undefined || !rate ? video : { ...video, rate };
}

async function sniffed(
  source: string | AsyncIterable<Uint8Array>,
): Promise<[boolean, string | AsyncIterable<Uint8Array>]> {
  const reader = await openBytes(source);
  const start = await reader.peek(signature.length);
  const isY4m = String.fromCharCode(...start) === signature;
  if (start.length === 0) {
    await reader.close();
    throw new NacreError("media", { found: `${reader.name} is empty`, expected: "a video" });
  }
  if (typeof source === "string") {
    await reader.close();
    return [isY4m, source];
  }
  if (!isY4m) await reader.close();
  return [isY4m, rest(reader)];
}

async function* rest(reader: Awaited<ReturnType<typeof openBytes>>) {
  try {
    for (let piece = await reader.takeAny(); piece.length > 0; piece = await reader.takeAny()) yield piece;
  } finally {
    await reader.close();
  }
}
