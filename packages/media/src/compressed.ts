import { NacreError } from "@nacre/errors";
import { FLACDecoder } from "@wasm-audio-decoders/flac";
import { OggVorbisDecoder } from "@wasm-audio-decoders/ogg-vorbis";
import type { ByteReader } from "./bytes.js";
import { oggPages, withHeadJoined } from "./ogg-pages.js";
import type { AudioContainer, OpenedAudio } from "./open.js";
import { readOnce } from "./stream.js";
import { ascii } from "./wav-walk.js";

/** What the two decoders have in common. */
type Decoder = {
  ready: Promise<void>;
  decode(bytes: Uint8Array): Promise<Decoded>;
  flush(): Promise<Decoded>;
  free(): void;
};
type Decoded = { channelData: Float32Array[]; samplesDecoded: number; sampleRate: number; errors: unknown[] };

/**
 * What the head of a compressed sound says.
 *
 * total  samples per channel, 0 when not said
 */
type Head = {
  container: AudioContainer;
  sampleRate: number;
  channelCount: number;
  bitDepth?: number;
  total: number;
  decoder: () => Decoder;
};

const pieceBytes = 64 * 1024;
// The parser knows a FLAC frame only by the header after it and may lose the last one of a file, so it
// is given one more header (RFC 9639 section 9.1, with its checksum) and never sees its frame.
const oneMoreHeader = new Uint8Array(64);
oneMoreHeader.set([0xff, 0xf8, 0xc9, 0x18, 0x00, 0xc2]);

/** Opens a FLAC file whose first bytes have not been taken yet (RFC 9639). */
export async function openFlac(reader: ByteReader): Promise<OpenedAudio> {
  const start = await reader.peek(42);
  const info = start.length < 42 || (start[4]! & 0x7f) !== 0 ? undefined : streamInfo(start, 8);
  if (info === undefined)
    throw new NacreError("media", { found: `${reader.name} is FLAC, but its head is cut or damaged` });
  return openHead(reader, { container: "flac", ...info, decoder: () => new FLACDecoder() });
}

/** Opens an Ogg file with Vorbis or FLAC inside whose first bytes have not been taken yet (RFC 3533). */
export async function openOgg(reader: ByteReader): Promise<OpenedAudio> {
  const page = await reader.peek(27 + 255 + 64);
  const packet = page.subarray(27 + (page[26] ?? 0));
  return openHead(reader, vorbisHead(packet) ?? oggFlacHead(packet) ?? refuse(packet, reader.name));
}

function vorbisHead(packet: Uint8Array): Head | undefined {
  if (packet.length < 30 || packet[0] !== 1 || ascii(packet, 1) !== "vorb" || packet[11] === undefined)
    return;
  const sampleRate = new DataView(packet.buffer, packet.byteOffset).getUint32(12, true);
  return {
    container: "ogg",
    sampleRate,
    channelCount: packet[11],
    total: 0,
    decoder: () => new OggVorbisDecoder(),
  };
}

function oggFlacHead(packet: Uint8Array): Head | undefined {
  if (packet.length < 51 || packet[0] !== 0x7f || ascii(packet, 1) !== "FLAC") return;
  return { container: "ogg", ...streamInfo(packet, 17), decoder: () => new FLACDecoder() };
}

function refuse(packet: Uint8Array, name: string): never {
  const opus = ascii(packet, 0) === "Opus";
  throw new NacreError("media", {
    found: `${name} is Ogg with ${opus ? "Opus" : "something unknown or damaged"} inside`,
    expected: "Vorbis or FLAC",
    mend: "convert it to WAV first",
  });
}

function streamInfo(bytes: Uint8Array, at: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const packed = view.getUint32(10);
  return {
    sampleRate: packed >>> 12,
    channelCount: ((packed >>> 9) & 7) + 1,
    bitDepth: ((packed >>> 4) & 31) + 1,
    total: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

async function openHead(reader: ByteReader, head: Head): Promise<OpenedAudio> {
  if (head.sampleRate === 0 || head.channelCount === 0) {
    throw new NacreError("media", {
      found: `${reader.name} says it has ${head.channelCount} channels at ${head.sampleRate} Hz`,
      expected: "at least one of each",
    });
  }
  const warnings: string[] = [];
  return {
    container: head.container,
    ...(head.bitDepth !== undefined && { bitDepth: head.bitDepth }),
    sampleRate: head.sampleRate,
    channelCount: head.channelCount,
    blocks: readOnce(compressedBlocks(reader, head, warnings)),
    warnings,
    close: () => reader.close(),
  };
}

async function* compressedBlocks(
  reader: ByteReader,
  head: Head,
  warnings: string[],
): AsyncGenerator<Float32Array[], void, undefined> {
  const decoder = head.decoder();
  const tally = { samples: 0 };
  try {
    await decoder.ready;
    const pieces = head.container === "ogg" ? withHeadJoined(oggPages(reader, warnings)) : flacPieces(reader);
    for await (const piece of pieces) {
      yield* blockOf(await guarded(() => decoder.decode(piece), reader.name), head, tally, reader.name);
    }
    const rest = head.container === "flac" ? () => decoder.decode(oneMoreHeader) : () => decoder.flush();
    yield* blockOf(await guarded(rest, reader.name), head, tally, reader.name);
    judge(tally, head, reader.name, warnings);
  } finally {
    decoder.free();
    await reader.close();
  }
}

async function* flacPieces(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await reader.take(pieceBytes);
    if (piece.length > 0) yield piece;
    if (piece.length < pieceBytes) return;
  }
}

type Tally = { samples: number };

function* blockOf(decoded: Decoded, head: Head, tally: Tally, name: string): Generator<Float32Array[]> {
  if (decoded.errors.length > 0) throw damaged(name, tally.samples);
  if (decoded.samplesDecoded === 0) return;
  const { channelData, sampleRate } = decoded;
  if (channelData.length !== head.channelCount || sampleRate !== head.sampleRate) {
    throw new NacreError("media", {
      found: `${name} changes to ${channelData.length} channels at ${sampleRate} Hz after ${tally.samples} samples`,
      expected: `${head.channelCount} at ${head.sampleRate} Hz throughout`,
    });
  }
  tally.samples += decoded.samplesDecoded;
  yield head.bitDepth === undefined
    ? channelData
    : channelData.map((samples) => rescaled(samples, head.bitDepth!));
}

/** The FLAC decoder divides by 2^(bits - 1) - 1; this brings back the integers and the scale of WAV. */
function rescaled(samples: Float32Array, bits: number): Float32Array {
  const scale = 2 ** (bits - 1);
  return samples.map((sample) => Math.round(sample * (scale - 1)) / scale);
}

/** The decoders throw errors of many kinds at damaged bytes; all of them are the file's fault. */
async function guarded(decode: () => Promise<Decoded>, name: string): Promise<Decoded> {
  try {
    return await quietly(decode);
  } catch (cause) {
    throw new NacreError("media", `${name} is damaged and cannot be decoded`, { cause });
  }
}

/** The FLAC decoder prints what it also returns. It decodes before it first waits, so this is enough. */
function quietly<T>(decode: () => T): T {
  const print = console.error;
  console.error = () => undefined;
  try {
    return decode();
  } finally {
    console.error = print;
  }
}

function damaged(name: string, samples: number): NacreError {
  return new NacreError("media", {
    found: `${name} is damaged after about ${samples} samples`,
    mend: "get a whole copy, or repair it with a sound editor",
  });
}

function judge({ samples }: Tally, head: Head, name: string, warnings: string[]): void {
  if (samples === 0 && (head.total > 0 || warnings.length > 0)) throw damaged(name, 0);
  if (head.total > 0 && samples !== head.total) {
    warnings.push(`${name} claims ${head.total} samples and holds ${samples}`);
  }
}
