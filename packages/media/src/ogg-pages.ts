import { NacreError } from "@nacre/errors";
import type { ByteReader } from "./bytes.js";
import { ascii } from "./wav-walk.js";

const headBytes = 27;
const lastFlag = 4;
// A head may hold pictures; beyond this it goes on in pieces, as it came.
const mostHeadBytes = 2 ** 22;

/**
 * The pages of the first stream of an Ogg file, each whole and with its checksum proved: the decoders
 * do not look at it and would turn damage into noise.
 *
 * warnings  gets a sentence when the file is cut, or holds more than its first stream
 * throws    NacreError "media" at a page that is damaged or missing
 *
 * RFC 3533.
 */
export async function* oggPages(reader: ByteReader, warnings: string[]): AsyncGenerator<Uint8Array> {
  let serial: number | undefined;
  let next = 0;
  for (let ended = false; ; ) {
    const page = await takePage(reader);
    if (page === undefined) {
      if (!ended) warnings.push(`${reader.name} is cut; the rest is missing`);
      return;
    }
    if (ended) {
      warnings.push(`${reader.name} holds more than one sound; only the first is read`);
      return;
    }
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    serial ??= view.getUint32(14, true);
    if (view.getUint32(14, true) !== serial) continue;
    if (view.getUint32(18, true) !== next++) throw damaged(reader, "a page is missing");
    ended = (page[5]! & lastFlag) !== 0;
    yield page;
  }
}

/**
 * The same pages, those of the head joined with the first two of sound (all of them where there are fewer).
 *
 * The Vorbis decoder does not know its channel count until it is given sound, which it is one page late,
 * and returns tens of thousands of empty channels for each piece before: most of the time of a short file.
 */
export async function* withHeadJoined(pages: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = [];
  let bytes = 0;
  let sounding = 0;
  for await (const page of pages) {
    if (sounding === 2) {
      yield page;
      continue;
    }
    head.push(page);
    bytes += page.length;
    if (endsSound(page)) sounding++;
    if (sounding === 2 || bytes > mostHeadBytes) {
      bytes = 0;
      yield joined(head.splice(0));
    }
  }
  if (head.length > 0) yield joined(head);
}

/** Pages of the head stand at place 0, and one on which no packet ends at -1. */
function endsSound(page: Uint8Array): boolean {
  return new DataView(page.buffer, page.byteOffset).getBigInt64(6, true) > 0n;
}

function joined(pages: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pages.reduce((sum, page) => sum + page.length, 0));
  let at = 0;
  for (const page of pages) {
    whole.set(page, at);
    at += page.length;
  }
  return whole;
}

/** The next page, or nothing at the end and where the last page is cut. */
async function takePage(reader: ByteReader): Promise<Uint8Array | undefined> {
  const head = await reader.peek(headBytes + 255);
  if (head.length < headBytes) return undefined;
  if (ascii(head, 0) !== "OggS") throw damaged(reader, "no page begins where one should");
  const segments = head.subarray(headBytes, headBytes + head[26]!);
  const size = headBytes + head[26]! + segments.reduce((sum, length) => sum + length, 0);
  const page = await reader.take(size);
  if (page.length < size) return undefined;
  if (checksum(page) !== new DataView(page.buffer, page.byteOffset).getUint32(22, true)) {
    throw damaged(reader, "the checksum of a page is wrong");
  }
  return page;
}

function damaged(reader: ByteReader, what: string): NacreError {
  return new NacreError("media", {
    found: `${reader.name} is damaged before byte ${reader.position}: ${what}`,
    mend: "get a whole copy",
  });
}

// CRC-32 with polynomial 0x04c11db7, high bit first, begun at 0.
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum >>> 0;
});

function checksum(page: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < page.length; at++) {
    // The field that holds the checksum counts as zeros.
    const byte = at >= 22 && at < 26 ? 0 : page[at]!;
    sum = (sum << 8) ^ table[(sum >>> 24) ^ byte]!;
  }
  return sum >>> 0;
}
