import { NacreError } from "@nacre/errors";
import type { ByteReader } from "./bytes.js";
import type { OpenedAudio } from "./open.js";
import { readOnce } from "./stream.js";
import type { WavFormat } from "./wav-format.js";
import { decodeFrames } from "./wav-samples.js";
import { type WavStart, walkToSamples } from "./wav-walk.js";

const blockBytes = 512 * 1024;
const blockFrames = 16_384;

/** Opens a WAV file whose first bytes have not been taken yet. */
export async function openWav(reader: ByteReader): Promise<OpenedAudio> {
  const warnings: string[] = [];
  const start = await walkToSamples(reader, warnings);
  const format = await settled(reader, start.format, warnings);
  const held = heldBytes(reader, start, warnings);
  const frame = format.channelCount * format.containerBytes;
  return {
    container: "wav",
    bitDepth: format.bitDepth,
    sampleRate: format.sampleRate,
    channelCount: format.channelCount,
    ...(reader.size !== undefined && held !== undefined && { length: Math.floor(held / frame) }),
    blocks: readOnce(wavBlocks(reader, format, held, warnings)),
    warnings,
    close: () => reader.close(),
  };
}

/**
 * Valid bits belong at the top of their container, but some writers put 24 bits in the low three bytes
 * of four and leave the fourth zero. Then negative samples give them away: bit 23 set, nothing above.
 */
async function settled(reader: ByteReader, format: WavFormat, warnings: string[]): Promise<WavFormat> {
  const { bitDepth, usedBytes, encoding, bigEndian } = format;
  if (encoding !== "integer" || bitDepth !== 24 || usedBytes !== 4 || bigEndian) return format;
  const bytes = await reader.peek(blockFrames * 4);
  let low = 0;
  let sign = 0;
  let top = 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    low |= bytes[at]!;
    sign |= bytes[at + 2]! & 0x80;
    top |= bytes[at + 3]!;
  }
  if (low === 0 || sign === 0 || top !== 0) return format;
  warnings.push(`${reader.name} keeps its 24 bits in the low end of 32; read from there`);
  return { ...format, usedBytes: 3 };
}

/** Bytes of sound to read: what the file claims, but no more than a file of known size has. */
function heldBytes(reader: ByteReader, { dataBytes }: WavStart, warnings: string[]): number | undefined {
  if (reader.size === undefined) return dataBytes;
  const there = Math.max(0, reader.size - reader.position);
  if (dataBytes === undefined) return there;
  if (dataBytes > there) warnShort(reader, dataBytes, there, warnings);
  return Math.min(dataBytes, there);
}

function warnShort(reader: ByteReader, claimed: number, there: number, warnings: string[]): void {
  const found = `${reader.name} claims ${claimed} bytes of sound and holds ${there}`;
  if (there === 0) throw new NacreError("media", { found, mend: "the file is cut; make it again" });
  warnings.push(`${found}; the rest is missing`);
}

async function* wavBlocks(
  reader: ByteReader,
  format: WavFormat,
  held: number | undefined,
  warnings: string[],
): AsyncGenerator<Float32Array[], void, undefined> {
  const frame = format.channelCount * format.containerBytes;
  const step = Math.max(1, Math.min(blockFrames, Math.floor(blockBytes / frame))) * frame;
  let taken = 0;
  try {
    while (held === undefined || taken < held) {
      const bytes = await reader.take(Math.min(step, (held ?? Number.POSITIVE_INFINITY) - taken));
      const whole = bytes.length - (bytes.length % frame);
      if (whole > 0)
        yield checked(decodeFrames(bytes.subarray(0, whole), format), format, taken / frame, reader.name);
      taken += bytes.length;
      if (whole < bytes.length) warnings.push(`the last frame of ${reader.name} is incomplete and left out`);
      if (bytes.length < step) break;
    }
    if (held !== undefined && taken < held) warnShort(reader, held, taken, warnings);
  } finally {
    await reader.close();
  }
}

function checked(block: Float32Array[], format: WavFormat, first: number, name: string): Float32Array[] {
  if (format.encoding !== "float") return block;
  for (const [channel, samples] of block.entries()) {
    const at = samples.findIndex((sample) => !Number.isFinite(sample));
    if (at >= 0) {
      throw new NacreError("media", {
        found: `sample ${first + at} of channel ${channel + 1} of ${name} is ${samples[at]}`,
        expected: "a finite number",
        mend: "repair the file with a sound editor",
      });
    }
  }
  return block;
}
