import { type Cursor, readVarint, writeVarint } from "./cursor.js";
import type { FieldRange } from "./field-range.js";

/**
 * What a stream of sound says of itself, as a file of its own or as the soundtrack of a video.
 *
 * sampleRate        hertz of the signal given and given back; 1 .. 2^32-1
 * channels          1 .. 255; each has its own sections
 * codedSampleRate   hertz at which the model works
 * length            samples per channel as announced, undefined when writing began before it was known
 * framesPerChunk    1 .. 2^24; every chunk but the last has this many
 */
export type SoundFields = {
  sampleRate: number;
  channels: number;
  codedSampleRate: number;
  length: number | undefined;
  framesPerChunk: number;
};

/** More samples, or frames of a video, than this are refused. */
export const MOST_LENGTH = 2 ** 48;

/** Appends what a header of sound has of its own. */
export function writeSoundFields(bytes: number[], header: SoundFields): void {
  writeVarint(bytes, header.sampleRate);
  writeVarint(bytes, header.channels);
  writeVarint(bytes, header.codedSampleRate);
  if (header.length !== undefined) writeVarint(bytes, header.length);
  writeVarint(bytes, header.framesPerChunk);
}

/** Reads it; the media word says whether the length is known. */
export function readSoundFields(cursor: Cursor, lengthKnown: boolean): SoundFields {
  return {
    sampleRate: readVarint(cursor),
    channels: readVarint(cursor),
    codedSampleRate: readVarint(cursor),
    length: lengthKnown ? readVarint(cursor) : undefined,
    framesPerChunk: readVarint(cursor),
  };
}

/** What the numbers of a sound may be. */
export function soundRanges(header: SoundFields): FieldRange[] {
  return [
    ["sample rate", header.sampleRate, 1, 2 ** 32 - 1],
    ["coded sample rate", header.codedSampleRate, 1, 2 ** 32 - 1],
    ["channel count", header.channels, 1, 255],
    ["length", header.length ?? 0, 0, MOST_LENGTH],
    ["frames per chunk", header.framesPerChunk, 1, 2 ** 24],
  ];
}
