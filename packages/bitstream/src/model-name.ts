import { type Cursor, readByte, readBytes, refuse } from "./cursor.js";

const MODEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}@[1-9][0-9]{0,5}$/;
const LONGEST_MODEL = 70;
const HASH_BYTES = 8;

/**
 * Which model made a stream.
 *
 * model        `name@n`: letters, digits, dot, dash and underscore, up to 63, then 1 .. 999999
 * decodeHash   [8] bytes, names what decides decoding
 */
export type ModelName = { model: string; decodeHash: Uint8Array };

/** Appends a model's name and hash. */
export function writeModelName(bytes: number[], { model, decodeHash }: ModelName): void {
  bytes.push(model.length);
  for (const letter of model) bytes.push(letter.charCodeAt(0));
  bytes.push(...decodeHash);
}

/** Reads what `writeModelName` wrote. */
export function readModelName(cursor: Cursor): ModelName {
  const length = readByte(cursor);
  if (length > LONGEST_MODEL) refuse(cursor);
  const model = String.fromCharCode(...readBytes(cursor, Math.min(length, LONGEST_MODEL)));
  return { model, decodeHash: readBytes(cursor, HASH_BYTES) };
}

/** The first thing wrong with a model's name and hash, in words. */
export function modelNameFault({ model, decodeHash }: ModelName): string | undefined {
  if (!MODEL.test(model)) return `model "${model}", expected name@number`;
  if (decodeHash.length === HASH_BYTES) return undefined;
  return `a decode hash of ${decodeHash.length} bytes, expected ${HASH_BYTES}`;
}
