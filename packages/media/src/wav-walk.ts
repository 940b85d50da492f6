import { NacreError } from "@nacre/errors";
import type { ByteReader } from "./bytes.js";
import { parseFormat, type WavFormat } from "./wav-format.js";

/**
 * A WAV file up to its first sample.
 *
 * dataBytes  bytes of samples that the file claims; undefined when it does not say, and then they
 *            reach to the end
 */
export type WavStart = { format: WavFormat; dataBytes: number | undefined };

const formatBytes = 4096;
// A file of nothing but tiny chunks would otherwise be walked for minutes.
const mostChunks = 10_000;
const unknownSize = 0xffffffff;
const chunkNames = new Set(["data", "fmt ", "fact", "LIST", "PEAK", "JUNK", "bext", "cue ", "smpl", "id3 "]);

/** True when these first bytes are those of a WAV file of any kind. */
export function looksLikeWav(start: Uint8Array): boolean {
  return ["RIFF", "RIFX", "RF64", "BW64"].includes(ascii(start, 0)) && ascii(start, 8) === "WAVE";
}

/**
 * Walks the chunks of RIFF, RIFX, RF64 or BW64 until the samples begin; leaves the reader there.
 *
 * warnings  gets a sentence for each thing that had to be guessed
 * throws    NacreError "media" when there are no samples to be found
 *
 * EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64).
 */
export async function walkToSamples(reader: ByteReader, warnings: string[]): Promise<WavStart> {
  const start = await reader.take(12);
  const bigEndian = ascii(start, 0) === "RIFX";
  let format: WavFormat | undefined;
  let longData: number | undefined;
  for (let count = 0; count < mostChunks; count++) {
    const chunk = await chunkHead(reader, bigEndian, format !== undefined);
    if (chunk.id === "data") return samplesAt(reader, chunk.size, format, longData, warnings);
    const body = await reader.peek(Math.min(chunk.size, formatBytes));
    if (chunk.id === "ds64" && body.length >= 16) longData = long(body, 8);
    if (chunk.id === "fmt ") format ??= parseFormat(body, bigEndian, reader.name, warnings);
    await passOver(reader, chunk);
  }
  throw new NacreError("media", {
    found: `${reader.name} has more than ${mostChunks} chunks before its sound`,
  });
}

type Chunk = { id: string; size: number };

async function chunkHead(reader: ByteReader, bigEndian: boolean, hasFormat: boolean): Promise<Chunk> {
  const head = await reader.take(8);
  if (head.length < 8) {
    throw new NacreError("media", {
      found: `${reader.name} ends after ${reader.position} bytes without ${hasFormat ? "any sound (no data chunk)" : "saying its format (no fmt chunk)"}`,
      mend: "the file is cut or empty; make it again",
    });
  }
  return { id: ascii(head, 0), size: new DataView(head.buffer, head.byteOffset).getUint32(4, !bigEndian) };
}

async function passOver(reader: ByteReader, { id, size }: Chunk): Promise<void> {
  const passed = await reader.skip(size);
  if (passed < size) {
    throw new NacreError("media", {
      found: `chunk ${JSON.stringify(id)} of ${reader.name} claims ${size} bytes, ${passed} are there and no sound follows`,
      mend: "the file is cut or damaged; make it again",
    });
  }
  if (size % 2 === 0) return;
  // Some writers forget the pad byte after an odd chunk; the next name then begins one byte early.
  const next = await reader.peek(4);
  if (!chunkNames.has(ascii(next, 0))) await reader.skip(1);
}

async function samplesAt(
  reader: ByteReader,
  size: number,
  format: WavFormat | undefined,
  longData: number | undefined,
  warnings: string[],
): Promise<WavStart> {
  if (format === undefined) {
    throw new NacreError("media", {
      found: `the sound of ${reader.name} comes before its format (no fmt chunk)`,
    });
  }
  const claimed = size === unknownSize ? longData : size;
  if (claimed === undefined || !Number.isSafeInteger(claimed)) return { format, dataBytes: undefined };
  if (claimed === 0 && (await soundFollows(reader))) {
    warnings.push(`${reader.name} claims no sound but goes on; read to its end`);
    return { format, dataBytes: undefined };
  }
  return { format, dataBytes: claimed };
}

/** A recorder that was killed leaves the size 0; samples and not another chunk then follow. */
async function soundFollows(reader: ByteReader): Promise<boolean> {
  const next = await reader.peek(4);
  return next.length === 4 && !next.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function long(bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true));
}

/** Four bytes as text, for chunk names. */
export function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
