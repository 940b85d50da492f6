import { NacreError } from "@nacre/errors";
import type { VideoFacts, VideoFrame, VideoStream } from "@nacre/signal";
import { type ByteReader, openBytes } from "../bytes.js";
import { frameBytes, planeSizes } from "./planes.js";
import { mostHeaderBytes, parseHeader, signature } from "./y4m-header.js";

/** Pixels of a frame that are taken on unless told otherwise: 8K and some more. */
export const defaultMaxFramePixels = 2 ** 26;

/** maxFramePixels: larger frames are refused before anything is allocated; 2^26 by default. */
export type OpenY4mOptions = { maxFramePixels?: number };

/** A video that is read as its frames are asked for; frames end at the file's end. */
export type OpenedVideo = VideoStream & {
  /** Frames in the file, where an ordinary file's size tells (its frame lines without parameters). */
  count?: number;
  close(): Promise<void>;
};

const newline = 10;

/**
 * Opens a YUV4MPEG2 file or pipe (mjpegtools, yuv4mpeg(5)): 8 bits, 4:2:0 or 4:4:4, progressive.
 *
 * `frames` can be walked once. A file that ends within a frame throws NacreError "media" there, after its whole frames.
 *
 * throws  NacreError "media" for what is no such file or of a form that is not read, "io" when there is nothing
 */
export async function openY4m(
  source: string | AsyncIterable<Uint8Array>,
  { maxFramePixels = defaultMaxFramePixels }: OpenY4mOptions = {},
): Promise<OpenedVideo> {
  const reader = await openBytes(source);
  try {
    const facts = parseHeader(await headerOf(reader), reader.name);
    const pixels = facts.width * facts.height;
    if (pixels > maxFramePixels) {
      throw new NacreError("media", {
        found: `${reader.name}: frames of ${facts.width} x ${facts.height} pixels`,
        expected: `at most ${maxFramePixels} pixels`,
        mend: "raise the limit if the file is to be trusted",
      });
    }
    const count = countOf(reader, frameBytes(facts));
    return {
      ...facts,
      ...(count === undefined ? {} : { count }),
      frames: framesOf(reader, facts),
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function headerOf(reader: ByteReader): Promise<string> {
  const line = await lineOf(reader, mostHeaderBytes);
  if (line === signature || line?.startsWith(`${signature} `)) return line;
  throw new NacreError("media", {
    found: `${reader.name} does not begin with a line "${signature} ..."`,
    expected: "a YUV4MPEG2 file (.y4m)",
  });
}

/** The next line without its newline, or nothing where none ends within `most` bytes. */
async function lineOf(reader: ByteReader, most: number): Promise<string | undefined> {
  // A short look first: a pipe may hold a frame back until it is asked for more.
  for (let look = 64; ; look = Math.min(2 * look, most)) {
    const bytes = await reader.peek(look);
    const end = bytes.indexOf(newline);
    if (end >= 0) return String.fromCharCode(...(await reader.take(end + 1)).subarray(0, end));
    if (bytes.length < look || look === most) return undefined;
  }
}

const plainFrameLine = "FRAME".length + 1;

function countOf(reader: ByteReader, bytes: number): number | undefined {
  if (reader.size === undefined) return undefined;
  const count = (reader.size - reader.position) / (bytes + plainFrameLine);
  return Number.isInteger(count) ? count : undefined;
}

async function* framesOf(reader: ByteReader, facts: VideoFacts): AsyncGenerator<VideoFrame, void, undefined> {
  const { luma, colour } = planeSizes(facts);
  const [lumaBytes, colourBytes] = [luma[0] * luma[1], colour[0] * colour[1]];
  try {
    for (let number = 1; ; number++) {
      if ((await reader.peek(1)).length === 0) return;
      const line = await lineOf(reader, mostHeaderBytes);
      checkFrameLine(line, reader.name, number);
      const bytes = await reader.take(frameBytes(facts));
      if (bytes.length < frameBytes(facts)) throw cutFrame(reader.name, number, bytes.length, facts);
      // Copies: the reader's pieces are shared and reused.
      yield {
        planes: [
          bytes.slice(0, lumaBytes),
          bytes.slice(lumaBytes, lumaBytes + colourBytes),
          bytes.slice(lumaBytes + colourBytes),
        ],
      };
    }
  } finally {
    await reader.close();
  }
}

// Parameters of a frame say how its fields lie, which frames of a progressive file do not need.
function checkFrameLine(line: string | undefined, name: string, number: number): void {
  if (line === "FRAME" || line?.startsWith("FRAME ")) return;
  throw new NacreError("media", {
    found: `${name}: no frame begins where frame ${number} should`,
    expected: 'a line "FRAME"',
    mend: "the file is damaged, or its header gives a wrong size",
  });
}

function cutFrame(name: string, number: number, got: number, facts: VideoFacts): NacreError {
  return new NacreError("media", {
    found: `${name} ends within frame ${number}, after ${got} of ${frameBytes(facts)} bytes`,
    expected: "whole frames",
    mend: "the file was cut short; the frames before are good",
  });
}
