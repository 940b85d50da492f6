import { NacreError } from "@nacre/errors";
import { crc32c } from "./crc.js";
import {
  type Cursor,
  cursorAt,
  readByte,
  readBytes,
  readUint32,
  readVarint,
  refuse,
  writeUint32,
  writeVarint,
} from "./cursor.js";
import {
  type PictureHeader,
  pictureFault,
  readPictureFields,
  tileCount,
  writePictureFields,
} from "./picture-header.js";

/** The format this package writes and reads: 0, the draft. It may change without notice until 1. */
export const FORMAT_VERSION = 0;

/**
 * One layer of codes, as the container needs to know it.
 *
 * role       "content" layers make up the prefixes; a "side" layer stands before the first content layer that needs it
 * alphabet   1 .. 2^24, number of different codes
 * stride     1 .. 2^24, frames from one code to the next
 */
export type LayerInfo = { role: "content" | "side"; alphabet: number; stride: number };

/** What every stream's header says; see SoundHeader and PictureHeader for the rest. */
type Named = {
  /** FORMAT_VERSION */
  version: number;
  /** `name@n`: letters, digits, dot, dash and underscore, up to 63, then 1 .. 999999 */
  model: string;
  /** [8] bytes, names what decides decoding */
  decodeHash: Uint8Array;
  /** 1 .. 255, in the order of the sections */
  layers: LayerInfo[];
};

/**
 * What stands at the beginning of a stream of sound.
 *
 * sampleRate        hertz of the signal given and given back; 0 .. 2^32-1, at least 1 for audio
 * channels          1 .. 255; each has its own sections
 * codedSampleRate   hertz at which the model works
 * length            samples per channel as announced, undefined when writing began before it was known
 * framesPerChunk    1 .. 2^24; every chunk but the last has this many
 */
export type SoundHeader = Named & {
  media: "audio" | "video";
  sampleRate: number;
  channels: number;
  codedSampleRate: number;
  length: number | undefined;
  framesPerChunk: number;
};

/** What stands at the beginning of any stream; told apart by `media`. */
export type StreamHeader = SoundHeader | PictureHeader;

/**
 * A header as parsed: where it ends and its check, which every chunk's check contains. A picture's attachments
 * stand behind it and are not in `header` yet, `attachments` says how many there are.
 */
export type ParsedHeader = { header: StreamHeader; size: number; crc: number; attachments: number };

const MAGIC = [0x4e, 0x41, 0x43, 0x52];
const MEDIA = ["audio", "image", "video"] as const;
const LENGTH_KNOWN = 4;
const MODEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}@[1-9][0-9]{0,5}$/;
const LONGEST_MODEL = 70;
const MOST_LAYERS = 255;
const MOST_LENGTH = 2 ** 48;
const HASH_BYTES = 8;

/**
 * A header as bytes.
 *
 * throws   NacreError "option" when a field is out of its range
 */
export function writeHeader(header: StreamHeader): Uint8Array {
  const fault = headerFault(header);
  if (fault) throw new NacreError("option", { found: `a stream header with ${fault}` });
  const bytes = [...MAGIC, header.version, mediaByte(header), header.model.length];
  for (const letter of header.model) bytes.push(letter.charCodeAt(0));
  bytes.push(...header.decodeHash);
  if (header.media === "image") writePictureFields(bytes, header);
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
  const nameLength = readByte(cursor);
  if (nameLength > LONGEST_MODEL) refuse(cursor);
  const model = String.fromCharCode(...readBytes(cursor, Math.min(nameLength, LONGEST_MODEL)));
  const named = { version: FORMAT_VERSION, model, decodeHash: readBytes(cursor, HASH_BYTES) };
  if (media === "image") {
    const { fields, attachments } = readPictureFields(cursor);
    return { header: { ...named, media, ...fields, layers: readLayers(cursor) }, attachments };
  }
  const fields = readSoundFields(cursor, (word & LENGTH_KNOWN) !== 0);
  return { header: { ...named, media, ...fields, layers: readLayers(cursor) }, attachments: 0 };
}

function writeSoundFields(bytes: number[], header: SoundHeader): void {
  writeVarint(bytes, header.sampleRate);
  writeVarint(bytes, header.channels);
  writeVarint(bytes, header.codedSampleRate);
  if (header.length !== undefined) writeVarint(bytes, header.length);
  writeVarint(bytes, header.framesPerChunk);
}

function readSoundFields(cursor: Cursor, lengthKnown: boolean) {
  return {
    sampleRate: readVarint(cursor),
    channels: readVarint(cursor),
    codedSampleRate: readVarint(cursor),
    length: lengthKnown ? readVarint(cursor) : undefined,
    framesPerChunk: readVarint(cursor),
  };
}

function mediaByte(header: StreamHeader): number {
  const lengthKnown = header.media !== "image" && header.length !== undefined;
  return MEDIA.indexOf(header.media) | (lengthKnown ? LENGTH_KNOWN : 0);
}

/**
 * How a header's chunks look.
 *
 * channels        sections of a layer; pictures have one
 * framesPerChunk  pictures have one tile in a chunk
 * length          as announced, in samples per channel or tiles
 */
export function chunkLayout(header: StreamHeader): {
  channels: number;
  framesPerChunk: number;
  length: number | undefined;
} {
  if (header.media !== "image") return header;
  return { channels: 1, framesPerChunk: 1, length: tileCount(header) };
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

// Twelve equal layers are one run: count and role, alphabet, stride.
function writeLayers(bytes: number[], layers: readonly LayerInfo[]): void {
  const runs: { layer: LayerInfo; count: number }[] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last && sameLayer(last.layer, layer)) last.count++;
    else runs.push({ layer, count: 1 });
  }
  writeVarint(bytes, runs.length);
  for (const { layer, count } of runs) {
    writeVarint(bytes, count * 2 + (layer.role === "side" ? 1 : 0));
    writeVarint(bytes, layer.alphabet);
    writeVarint(bytes, layer.stride);
  }
}

function readLayers(cursor: Cursor): LayerInfo[] {
  const layers: LayerInfo[] = [];
  const runs = readVarint(cursor);
  for (let run = 0; run < runs && !cursor.short && !cursor.bad; run++) {
    const word = readVarint(cursor);
    const count = Math.floor(word / 2);
    if (count === 0 || layers.length + count > MOST_LAYERS) {
      refuse(cursor);
      break;
    }
    const layer: LayerInfo = {
      role: word % 2 ? "side" : "content",
      alphabet: readVarint(cursor),
      stride: readVarint(cursor),
    };
    for (let copy = 0; copy < count; copy++) layers.push({ ...layer });
  }
  return layers;
}

function sameLayer(a: LayerInfo, b: LayerInfo): boolean {
  return a.role === b.role && a.alphabet === b.alphabet && a.stride === b.stride;
}

/** The first thing wrong with a header, in words. */
function headerFault(header: StreamHeader): string | undefined {
  const { version, media, model, decodeHash, layers } = header;
  if (version !== FORMAT_VERSION) return `version ${version}, expected ${FORMAT_VERSION}`;
  if (!MEDIA.includes(media)) return `media ${media}, expected ${MEDIA.join(", ")}`;
  if (!MODEL.test(model)) return `model "${model}", expected name@number`;
  if (decodeHash.length !== HASH_BYTES)
    return `a decode hash of ${decodeHash.length} bytes, expected ${HASH_BYTES}`;
  if (layers.length > MOST_LAYERS) return `${layers.length} layers, expected at most ${MOST_LAYERS}`;
  if (!layers.some((layer) => layer.role === "content")) return "no content layer, expected at least 1";
  return numberFault(header);
}

function numberFault(header: StreamHeader): string | undefined {
  const ranges = header.media === "image" ? [] : soundRanges(header);
  for (const [index, { alphabet, stride }] of header.layers.entries()) {
    ranges.push(
      [`alphabet of layer ${index}`, alphabet, 1, 2 ** 24],
      [`stride of layer ${index}`, stride, 1, 2 ** 24],
    );
  }
  const wrong = ranges.find(
    ([, value, low, high]) => !Number.isInteger(value) || value < low || value > high,
  );
  if (wrong) return `${wrong[0]} ${wrong[1]}, expected ${wrong[2]} to ${wrong[3]}`;
  return header.media === "image" ? pictureFault(header) : undefined;
}

function soundRanges(header: SoundHeader): [string, number, number, number][] {
  const lowestRate = header.media === "audio" ? 1 : 0;
  return [
    ["sample rate", header.sampleRate, lowestRate, 2 ** 32 - 1],
    ["coded sample rate", header.codedSampleRate, lowestRate, 2 ** 32 - 1],
    ["channel count", header.channels, 1, 255],
    ["length", header.length ?? 0, 0, MOST_LENGTH],
    ["frames per chunk", header.framesPerChunk, 1, 2 ** 24],
  ];
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
