import { NacreError } from "@nacre/errors";
import type { Audio, AudioStream } from "@nacre/signal";
import { type ByteReader, openBytes } from "./bytes.js";
import { openFlac, openOgg } from "./compressed.js";
import { knownFormat } from "./pictures/picture-format.js";
import { collect } from "./stream.js";
import { openWav } from "./wav-read.js";
import { ascii, looksLikeWav } from "./wav-walk.js";

/** The kinds of sound file that can be read. */
export type AudioContainer = "wav" | "flac" | "ogg";

/**
 * A sound file being read.
 *
 * bitDepth  bits per sample in the file; absent where the container has none (Vorbis)
 * length    samples per channel, only where the file's own size proves it (WAV from a path)
 * blocks    may be read once; reading to the end closes the file
 * warnings  a sentence for each thing about the file that is wrong but could be read past; grows
 *           while blocks are read
 * close     lets the file or pipe go early; more than one call does no harm
 */
export type OpenedAudio = AudioStream & {
  container: AudioContainer;
  bitDepth?: number;
  warnings: string[];
  close(): Promise<void>;
};

/** format: what the bytes must be; by default their beginning tells. */
export type OpenAudioOptions = { format?: AudioContainer };

const openers: Record<AudioContainer, (reader: ByteReader) => Promise<OpenedAudio>> = {
  wav: openWav,
  flac: openFlac,
  ogg: openOgg,
};

/**
 * Opens a WAV, FLAC or Ogg (Vorbis, FLAC) sound and reads it block by block; memory does not grow with
 * its length.
 *
 * source  path, or bytes as they arrive from a pipe
 * throws  NacreError "io" when nothing can be read, "media" when it is not a sound that this room
 *         knows; reading `blocks` throws the same, and "media" at a sample that is not a number
 */
export async function openAudio(
  source: string | AsyncIterable<Uint8Array>,
  options: OpenAudioOptions = {},
): Promise<OpenedAudio> {
  const reader = await openBytes(source);
  try {
    const container = containerOf(await reader.peek(12), reader.name);
    if (options.format !== undefined && options.format !== container) {
      throw new NacreError("media", { found: `${reader.name} is ${container}`, expected: options.format });
    }
    return await openers[container](reader);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/**
 * Reads a whole sound into memory; takes and throws what `openAudio` does. Warnings are dropped: open
 * the file and `collect` it to see them.
 */
export async function readAudio(
  source: string | AsyncIterable<Uint8Array>,
  options: OpenAudioOptions = {},
): Promise<Audio> {
  return collect(await openAudio(source, options));
}

function containerOf(start: Uint8Array, name: string): AudioContainer {
  if (looksLikeWav(start)) return "wav";
  if (ascii(start, 0) === "fLaC") return "flac";
  if (ascii(start, 0) === "OggS") return "ogg";
  if (start.length === 0)
    throw new NacreError("media", { found: `${name} is empty`, expected: "a sound file" });
  const isPicture = knownFormat(start) !== undefined;
  throw new NacreError("media", {
    found: `${name} ${isPicture ? "is a picture" : guess(start)}`,
    expected: "WAV, FLAC or Ogg",
    mend: isPicture ? "code it with nacre-image" : "convert it to WAV first",
  });
}

function guess(start: Uint8Array): string {
  const [first = 0, second = 0] = start;
  if (ascii(start, 0).startsWith("ID3") || (first === 0xff && (second & 0xe0) === 0xe0))
    return "looks like MP3";
  if (ascii(start, 4) === "ftyp") return "looks like MP4";
  if (ascii(start, 0) === "FORM") return "looks like AIFF";
  if (ascii(start, 0) === "RIFF") return "is RIFF, but not a sound that can be read";
  return "is not a sound file of a known kind";
}
