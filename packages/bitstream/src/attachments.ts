import { NacreError } from "@nacre/errors";
import { bindCheck, CHECK_BYTES, isChunkMarker } from "./chunk.js";
import { crc32c } from "./crc.js";
import { cursorAt, join, readByte, readUint32, readVarint, writeUint32, writeVarint } from "./cursor.js";
import { FOOTER_MARKER } from "./footer.js";
import type { ParsedHeader, StreamHeader } from "./header.js";
import { fill, note, type Reading, type Steps } from "./reading.js";

/**
 * What belongs to a picture beside its samples. Readers pass over kinds that they do not know.
 *
 * kind    one of `attachmentKinds`, or another number up to 65535
 * bytes   at most 2^24
 */
export type Attachment = { kind: number; bytes: Uint8Array };

/** Kinds of attachments: an ICC profile, EXIF as a TIFF structure, an XMP packet, pixels per inch as a float64. */
export const attachmentKinds = { icc: 1, exif: 2, xmp: 3, density: 4 } as const;

export const ATTACHMENT_MARKER = 0x41;
const MOST_KIND = 65_535;
const MOST_BYTES = 2 ** 24;

/**
 * An attachment as bytes; header and place are bound into its check, as into a chunk's.
 *
 * throws   NacreError "option" when its kind or size is out of range
 */
export function writeAttachment({ kind, bytes }: Attachment, headerCrc: number, number: number): Uint8Array {
  if (!Number.isInteger(kind) || kind < 1 || kind > MOST_KIND || bytes.length > MOST_BYTES) {
    throw new NacreError("option", {
      found: `an attachment of kind ${kind} and ${bytes.length} bytes`,
      expected: `kinds of 1 to ${MOST_KIND} and at most ${MOST_BYTES} bytes`,
      mend: "leave it out",
    });
  }
  const head = [ATTACHMENT_MARKER];
  writeVarint(head, kind);
  writeVarint(head, bytes.length);
  const body = join([Uint8Array.from(head), bytes]);
  const check: number[] = [];
  writeUint32(check, bindCheck(crc32c(body), headerCrc, number));
  return join([body, Uint8Array.from(check)]);
}

/**
 * Reads an attachment at an offset.
 *
 * returns   what it is, where it ends, and whether its check agrees; "short" when the bytes end inside it, with the
 *           size that is needed where it is known; "bad" when it is none
 */
export function parseAttachment(
  bytes: Uint8Array,
  at: number,
  headerCrc: number,
  number: number,
): { attachment: Attachment; end: number; sound: boolean } | { short: number } | "bad" {
  const cursor = cursorAt(bytes, at);
  const marker = readByte(cursor);
  const kind = readVarint(cursor);
  const length = readVarint(cursor);
  if (cursor.short) return { short: bytes.length - at + 1 };
  const unfit = marker !== ATTACHMENT_MARKER || kind < 1 || kind > MOST_KIND || length > MOST_BYTES;
  if (cursor.bad || unfit) return "bad";
  const end = cursor.at + length;
  if (end + CHECK_BYTES > bytes.length) return { short: end + CHECK_BYTES - at };
  const stored = readUint32(cursorAt(bytes, end));
  const sound = stored === bindCheck(crc32c(bytes.subarray(at, end)), headerCrc, number);
  return { attachment: { kind, bytes: bytes.slice(cursor.at, end) }, end: end + CHECK_BYTES, sound };
}

/** Reads what stands behind a picture's header; in recovery damaged attachments are left out. */
export function* readAttachments(reading: Reading): Steps<StreamHeader> {
  const { window, parsed } = reading;
  const { header, crc } = parsed;
  if (header.media !== "image") return header;
  const found: Attachment[] = [];
  for (let number = 0; number < parsed.attachments; number++) {
    let read = parseAttachment(window.bytes, 0, crc, number);
    while (typeof read === "object" && "short" in read && (yield* fill(window, read.short))) {
      read = parseAttachment(window.bytes, 0, crc, number);
    }
    if (read === "bad" || "short" in read) {
      note(reading, { what: `attachment ${number} is damaged` });
      break;
    }
    if (read.sound) found.push(read.attachment);
    else note(reading, { what: `the check of attachment ${number} does not agree` });
    // Without its check the length is believed only when something sensible follows.
    if (!read.sound && !(yield* followed(reading, read.end))) break;
    window.skip(read.end);
  }
  return { ...header, attachments: found };
}

function* followed({ window }: Reading, end: number): Steps<boolean> {
  const next = (yield* fill(window, end + 1)) ? window.bytes[end] : undefined;
  return next === ATTACHMENT_MARKER || isChunkMarker(next) || next === FOOTER_MARKER;
}

/** Where the first chunk of a whole stream begins; undefined when an attachment before it is damaged. */
export function firstChunkAt(
  bytes: Uint8Array,
  { size, crc, attachments }: ParsedHeader,
): number | undefined {
  let at = size;
  for (let number = 0; number < attachments; number++) {
    const read = parseAttachment(bytes, at, crc, number);
    if (read === "bad" || "short" in read) return undefined;
    at = read.end;
  }
  return at;
}
