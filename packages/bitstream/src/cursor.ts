/**
 * A place in bytes that are read front to back. Reading past the end gives zeros and sets `short`, a malformed
 * number sets `bad`; both stay, so a parser looks once at its end instead of after every field.
 */
export type Cursor = { bytes: Uint8Array; at: number; short: boolean; bad: boolean };

/** A cursor at the given offset. */
export function cursorAt(bytes: Uint8Array, at: number): Cursor {
  return { bytes, at, short: false, bad: false };
}

/** The next byte. */
export function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++];
  if (byte === undefined) cursor.short = true;
  return byte ?? 0;
}

/** The next `count` bytes, copied; count must have been bounded by the caller. */
export function readBytes(cursor: Cursor, count: number): Uint8Array {
  const part = cursor.bytes.slice(cursor.at, cursor.at + count);
  cursor.at += count;
  if (part.length < count) cursor.short = true;
  return part;
}

/** A number below 2^49 in its shortest form: 7 bits a byte, lowest first, top bit set when another byte follows. */
export function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let place = 1; place < 2 ** 49; place *= 128) {
    const byte = readByte(cursor);
    value += (byte & 127) * place;
    if (byte >= 128) continue;
    // One number, one spelling: an idle last byte would let a file differ without meaning.
    if (byte === 0 && place > 1) refuse(cursor);
    return value;
  }
  refuse(cursor);
  return 0;
}

/** Marks what was read as malformed, unless it is only not there yet. */
export function refuse(cursor: Cursor): void {
  if (!cursor.short) cursor.bad = true;
}

/** Four bytes, lowest first. */
export function readUint32(cursor: Cursor): number {
  let value = 0;
  for (let place = 1; place <= 2 ** 24; place *= 256) value += readByte(cursor) * place;
  return value;
}

/** Appends a number in the form that readVarint takes. */
export function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
}

/** Appends a uint32, lowest byte first. */
export function writeUint32(bytes: number[], value: number): void {
  for (let shift = 0; shift < 32; shift += 8) bytes.push((value >>> shift) & 0xff);
}

/** Joins byte arrays into one. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
