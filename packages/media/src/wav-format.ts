import { NacreError } from "@nacre/errors";

/** How the samples of a WAV file are stored. */
export type WavEncoding = "integer" | "float" | "a-law" | "mu-law";

/**
 * What a WAV file's format chunk says.
 *
 * bitDepth        bits that mean something, at most 8 * usedBytes
 * containerBytes  bytes from one sample to the next of a frame
 * usedBytes       bytes of the container that hold the sample, from its low end
 * bigEndian       the file is RIFX
 */
export type WavFormat = {
  sampleRate: number;
  channelCount: number;
  encoding: WavEncoding;
  bitDepth: number;
  containerBytes: number;
  usedBytes: number;
  bigEndian: boolean;
};

// More is no real file, and each channel costs an array per block.
const mostChannels = 1024;
const highestRate = 4_000_000;

const encodings: Record<number, WavEncoding> = { 1: "integer", 3: "float", 6: "a-law", 7: "mu-law" };
const foreign: Record<number, string> = {
  2: "Microsoft ADPCM",
  17: "IMA ADPCM",
  49: "GSM 6.10",
  80: "MPEG",
  85: "MP3",
  255: "AAC",
};
const extensible = 0xfffe;
// The end of every sub-format identifier that is a format number (RFC 2361), alike in both byte orders.
const identifierTail = "800000aa00389b71";

/**
 * Reads a format chunk.
 *
 * chunk     its bytes without identifier and size, at least 16
 * warnings  gets a sentence for each thing that had to be guessed
 * throws    NacreError "media" when the sound cannot be understood
 */
export function parseFormat(
  chunk: Uint8Array,
  bigEndian: boolean,
  name: string,
  warnings: string[],
): WavFormat {
  if (chunk.length < 16) {
    throw new NacreError("media", {
      found: `the format chunk of ${name} has ${chunk.length} bytes`,
      expected: "at least 16",
    });
  }
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const little = !bigEndian;
  const channelCount = view.getUint16(2, little);
  const sampleRate = view.getUint32(4, little);
  checkSize(channelCount, sampleRate, name);
  const bits = view.getUint16(14, little);
  const encoding = encodingOf(view, little, name);
  const containerBytes = containerOf(view.getUint16(12, little), channelCount, bits, name, warnings);
  const usedBytes = Math.min(containerBytes, Math.ceil(bits / 8));
  checkDepth(encoding, bits, usedBytes, containerBytes, name);
  const bitDepth = validBits(view, little, bits);
  return { sampleRate, channelCount, encoding, bitDepth, containerBytes, usedBytes, bigEndian };
}

function checkSize(channelCount: number, sampleRate: number, name: string): void {
  if (channelCount < 1 || channelCount > mostChannels) {
    throw new NacreError("media", {
      found: `${name} says it has ${channelCount} channels`,
      expected: `1 to ${mostChannels}`,
    });
  }
  if (sampleRate < 1 || sampleRate > highestRate) {
    throw new NacreError("media", {
      found: `${name} says its sample rate is ${sampleRate} Hz`,
      expected: `1 to ${highestRate}`,
    });
  }
}

function encodingOf(view: DataView, little: boolean, name: string): WavEncoding {
  const tag = view.getUint16(0, little);
  const number = tag === extensible ? subFormat(view, little, name) : tag;
  const encoding = encodings[number];
  if (encoding === undefined) {
    throw new NacreError("media", {
      found: `${name} is compressed as ${foreign[number] ?? (number < 0 ? "an unknown sub-format" : `format ${number}`)}`,
      expected: "PCM, float, A-law or mu-law",
      mend: "convert it to PCM first",
    });
  }
  return encoding;
}

function subFormat(view: DataView, little: boolean, name: string): number {
  if (view.byteLength < 40) {
    throw new NacreError("media", {
      found: `the extensible format chunk of ${name} has ${view.byteLength} bytes`,
      expected: "40",
    });
  }
  const number = view.getUint32(24, little);
  let tail = "";
  for (let at = 32; at < 40; at++) tail += view.getUint8(at).toString(16).padStart(2, "0");
  return tail === identifierTail ? number : -1;
}

function containerOf(
  align: number,
  channelCount: number,
  bits: number,
  name: string,
  warnings: string[],
): number {
  const least = Math.ceil(bits / 8);
  if (align % channelCount === 0 && align / channelCount >= least) return align / channelCount;
  warnings.push(
    `${name} says that a frame has ${align} bytes, which does not hold ${channelCount} x ${bits} bits; read as ${least * channelCount}`,
  );
  return least;
}

function checkDepth(
  encoding: WavEncoding,
  bits: number,
  used: number,
  container: number,
  name: string,
): void {
  const fits = {
    integer: bits >= 1 && bits <= 64 && container <= 8 && (used > 1 || container === 1),
    float: (bits === 32 || bits === 64) && container === used,
    "a-law": bits === 8 && container === 1,
    "mu-law": bits === 8 && container === 1,
  };
  if (fits[encoding]) return;
  throw new NacreError("media", {
    found: `${name} has ${encoding} samples of ${bits} bits in ${container} bytes`,
    expected: "integers of 1 to 64 bits, floats of 32 or 64, A-law or mu-law of 8",
  });
}

function validBits(view: DataView, little: boolean, bits: number): number {
  const valid =
    view.byteLength >= 20 && view.getUint16(0, little) === extensible ? view.getUint16(18, little) : 0;
  return valid >= 1 && valid <= bits ? valid : bits;
}
