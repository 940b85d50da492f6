import { NacreError } from "@nacre/errors";
import { crc32c } from "./crc.js";
import { type Cursor, cursorAt, readByte, readUint32, refuse, writeUint32 } from "./cursor.js";
import { rangeFault } from "./field-range.js";
import { type LayerInfo, layersFault, readLayers, writeLayers } from "./layer-runs.js";
import { type ModelName, modelNameFault, readModelName, writeModelName } from "./model-name.js";
import {
  type PictureHeader,
  pictureFault,
  readPictureFields,
  tileCount,
  writePictureFields,
} from "./picture-header.js";
import { readSoundFields, type SoundFields, soundRanges, writeSoundFields } from "./sound-fields.js";
import {
  frameTiles,
  readVideoFields,
  type VideoHeader,
  videoFault,
  writeVideoFields,
} from "./video-header.js";

/** The format this package writes and reads: 0, the draft. It may change without notice until 1. */
export const FORMAT_VERSION = 0;

/**
 * What stands at the beginning of a stream of sound; see SoundFields for its numbers.
 *
 * version   FORMAT_VERSION
 * layers    1 .. 255, in the order of the sections
 */
export type SoundHeader = ModelName & SoundFields & { version: number; media: "audio"; layers: LayerInfo[] };

/** What stands at the beginning of any stream; told apart by `media`. */
export type StreamHeader = SoundHeader | PictureHeader | VideoHeader;

/**
 * A header as parsed: where it ends and its check, which every chunk's check contains. A picture's attachments
 * stand behind it and are not in `header` yet, `attachments` says how many there are.
 */
export type ParsedHeader = { header: StreamHeader; size: number; crc: number; attachments: number };

const MAGIC = [0x4e, 0x41, 0x43, 0x52];
const MEDIA = ["audio", "image", "video"] as const;
const LENGTH_KNOWN = 4;

/**
 * A header as bytes.
 *
 * throws   NacreError "option" when a field is out of its range
 */
export function writeHeader(header: StreamHeader): Uint8Array {
  const fault = headerFault(header);
  if (fault) throw new NacreError("option", { found: `a stream header with ${fault}` });
  const bytes = [...MAGIC, header.version, mediaByte(header)];
  writeModelName(bytes, header);
  if (header.media === "image") writePictureFields(bytes, header);
  else if (header.media === "video") writeVideoFields(bytes, header);
  else writeSoundFields(bytes, header);
  writeLayers(bytes, header.layers);
  writeUint32(bytes, crc32c(Uint8Array.from(bytes)));
  return Uint8Array.from(bytes);
}

/**
 * Reads a header from the beginning of `bytes`.
 *
 * returns   undefined when more bytes are needed
 * throws    NacreError "bitstream" for bytes that are no header, "version" for another format
 */
export function parseHeader(bytes: Uint8Array): ParsedHeader | undefined {
  checkMagic(bytes);
  const cursor = cursorAt(bytes, MAGIC.length + 1);
  const { header, attachments } = readFields(cursor);
  const end = cursor.at;
  const stored = readUint32(cursor);
  if (cursor.bad) throw damagedHeader("it holds a malformed number");
  if (cursor.short) return undefined;
  const crc = crc32c(bytes.subarray(0, end));
  if (stored !== crc) throw damagedHeader("its check does not agree");
  const fault = headerFault(header);
  if (fault) throw damagedHeader(`it has ${fault}`);
  return { header, size: cursor.at, crc, attachments };
}

function readFields(cursor: Cursor): { header: StreamHeader; attachments: number } {
  const word = readByte(cursor);
  const media = MEDIA[word & 3] ?? "audio";
  const pictureWithLength = media === "image" && (word & LENGTH_KNOWN) !== 0;
  if (word > LENGTH_KNOWN + 2 || (word & 3) === 3 || pictureWithLength) refuse(cursor);
  const named = { version: FORMAT_VERSION, ...readModelName(cursor) };
  const lengthKnown = (word & LENGTH_KNOWN) !== 0;
  if (media === "image") {
    const { fields, attachments } = readPictureFields(cursor);
    return { header: { ...named, media, ...fields, layers: readLayers(cursor) }, attachments };
  }
  if (media === "video") {
    const fields = readVideoFields(cursor, lengthKnown);
    return { header: { ...named, media, ...fields, layers: readLayers(cursor) }, attachments: 0 };
  }
  const fields = readSoundFields(cursor, lengthKnown);
  return { header: { ...named, media, ...fields, layers: readLayers(cursor) }, attachments: 0 };
}

function mediaByte(header: StreamHeader): number {
  const lengthKnown = header.media !== "image" && header.length !== undefined;
  return MEDIA.indexOf(header.media) | (lengthKnown ? LENGTH_KNOWN : 0);
}

/**
 * How a header's chunks look.
 *
 * channels        sections of a layer: channels of sound, tiles of a frame; a picture's tile has one
 * framesPerChunk  one tile of a picture, at least one frame of a video
 * length          as announced, in samples per channel, tiles or frames
 */
export function chunkLayout(header: StreamHeader): {
  channels: number;
  framesPerChunk: number;
  length: number | undefined;
} {
  if (header.media === "audio") return header;
  if (header.media === "image") return { channels: 1, framesPerChunk: 1, length: tileCount(header) };
  return { channels: frameTiles(header), framesPerChunk: 1, length: header.length };
}

/**
 * The header, when it is of sound.
 *
 * throws   NacreError "bitstream" for another medium's
 */
export function soundHeader(header: StreamHeader): SoundHeader {
  if (header.media === "audio") return header;
  throw new NacreError("bitstream", { found: `a file of ${header.media}`, expected: "sound" });
}

/** The first thing wrong with a header, in words. */
function headerFault(header: StreamHeader): string | undefined {
  const { version, media } = header;
  if (version !== FORMAT_VERSION) return `version ${version}, expected ${FORMAT_VERSION}`;
  if (!MEDIA.includes(media)) return `media ${media}, expected ${MEDIA.join(", ")}`;
  return modelNameFault(header) ?? layersFault(header.layers) ?? fieldsFault(header);
}

function fieldsFault(header: StreamHeader): string | undefined {
  if (header.media === "image") return pictureFault(header);
  return header.media === "video" ? videoFault(header) : rangeFault(soundRanges(header));
}

function checkMagic(bytes: Uint8Array): void {
  const foreign = MAGIC.some((byte, at) => at < bytes.length && bytes[at] !== byte);
  if (foreign) {
    throw new NacreError("bitstream", {
      found: "a file that does not begin with NACR",
      expected: "a .nacre file",
    });
  }
  const version = bytes[MAGIC.length];
  if (version === undefined || version === FORMAT_VERSION) return;
  throw new NacreError("version", {
    found: `a .nacre file of format ${version}`,
    expected: `format ${FORMAT_VERSION}, the draft, which is all that this reader knows`,
    mend: "read it with a newer nacre",
  });
}

function damagedHeader(what: string): NacreError {
  return new NacreError("bitstream", {
    found: `a damaged header: ${what}`,
    mend: "fetch the file again; without its header nothing can be decoded",
  });
}
