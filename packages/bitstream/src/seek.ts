import { NacreError } from "@nacre/errors";
import { firstChunkAt } from "./attachments.js";
import { CHECK_BYTES, type Chunk, chunkNumber, chunkOf, parseChunkHead, soundLayers } from "./chunk.js";
import { cursorAt, readUint32 } from "./cursor.js";
import { type Footer, footerOffset, INDEXED_FROM, type IndexEntry, parseFooter } from "./footer.js";
import { type ParsedHeader, parseHeader } from "./header.js";

/**
 * One chunk of a whole stream, found through the footer's index without reading the others. (A stream of fewer than
 * sixteen chunks has no index: the heads before the chunk are walked.)
 *
 * number   0-based
 * throws   NacreError "bitstream" or "version" as readStream, "option" when there is no such chunk
 */
export function readChunkAt(bytes: Uint8Array, number: number): Chunk {
  const parsed = parseHeader(bytes);
  if (!parsed) throw damaged("a file that ends inside its header");
  const footer = lastFooter(bytes, parsed);
  if (!Number.isInteger(number) || number < 0 || number >= footer.chunks) {
    throw new NacreError("option", {
      found: `chunk ${number}`,
      expected: `one of the ${footer.chunks} chunks of this stream`,
    });
  }
  const first = firstChunkAt(bytes, parsed);
  if (first === undefined) throw damaged("a damaged attachment");
  const at =
    footer.chunks < INDEXED_FROM ? walkTo(bytes, number, first, parsed) : sumTo(footer.index, number, first);
  return chunkAt(bytes, at, number, parsed);
}

function lastFooter(bytes: Uint8Array, parsed: ParsedHeader): Footer {
  const at = footerOffset(bytes);
  const found = at === undefined ? "bad" : parseFooter(bytes, at, parsed);
  if (typeof found === "string") throw damaged("no sound footer");
  return found.footer;
}

function walkTo(bytes: Uint8Array, number: number, first: number, { header }: ParsedHeader): number {
  let at = first;
  for (let chunk = 0; chunk < number; chunk++) {
    const head = parseChunkHead(bytes, at, header);
    if (typeof head === "string") throw damaged(`a damaged head of chunk ${chunk}`);
    at = head.end + CHECK_BYTES;
  }
  return at;
}

function sumTo(index: readonly IndexEntry[], number: number, first: number): number {
  return index.slice(0, number).reduce((sum, { size }) => sum + size, first);
}

function chunkAt(bytes: Uint8Array, at: number, number: number, { header, crc }: ParsedHeader): Chunk {
  const head = parseChunkHead(bytes, at, header);
  if (typeof head === "string" || head.end + CHECK_BYTES > bytes.length)
    throw damaged(`a damaged head of chunk ${number}`);
  const stored = readUint32(cursorAt(bytes, head.end));
  const sections = soundLayers(bytes, head);
  if (
    chunkNumber(bytes.subarray(at, head.end), stored, crc) !== number ||
    sections.length < head.lengths.length
  ) {
    throw damaged(`chunk ${number} with a check that does not agree`);
  }
  return chunkOf(head, sections);
}

function damaged(found: string): NacreError {
  return new NacreError("bitstream", {
    found,
    expected: "a whole .nacre stream",
    mend: "read it with recovery for what is sound",
  });
}
