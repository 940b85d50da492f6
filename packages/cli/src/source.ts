import { createReadStream } from "node:fs";
import { parseStream, type StreamHeader } from "@nacre/bitstream";
import { NacreError, systemError } from "@nacre/errors";

/**
 * Something to read.
 *
 * name   what the user calls it; "-" is the standard input
 * path   only for an ordinary file, which may be opened more than once and whose size is known
 * bytes  from the beginning; a pipe can be read once
 */
export type Source = { name: string; path?: string; bytes(): AsyncIterable<Uint8Array> };

/** No .nacre file is larger: weeks of sound. Read whole, a larger one would end the program. */
const largest = 2 ** 31 - 1;
const magic = "NACR";

/** An ordinary file as a source. */
export function fileSource(path: string): Source {
  return { name: path, path, bytes: () => fileBytes(path) };
}

/** A pipe, a device or anything else that can be read once. */
export function pipeSource(name: string, bytes: () => AsyncIterable<Uint8Array>): Source {
  return { name, bytes };
}

/** The bytes of a file, piece by piece; throws NacreError "io". */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 });
  } catch (cause) {
    throw systemError(cause, path);
  }
}

/** Either a whole .nacre file, or a source that is none and can still be read from its beginning. */
export type Sniffed = { file: Uint8Array; signal?: never } | { file?: never; signal: Source };

/**
 * Finds out by its first four bytes whether a source is a .nacre file, and reads it if so.
 *
 * throws  NacreError "io" when it cannot be read, "bitstream" when it is too large to be real
 */
export async function sniff(source: Source): Promise<Sniffed> {
  const pieces = source.bytes()[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  while (size < magic.length) {
    const { done, value } = await pieces.next();
    if (done) break;
    held.push(value);
    size += value.length;
  }
  if (startsWithMagic(held)) return { file: await readRest(source.name, held, pieces) };
  if (source.path === undefined) return { signal: { ...source, bytes: () => replay(held, pieces) } };
  await pieces.return?.();
  return { signal: source };
}

/**
 * Reads a whole .nacre file.
 *
 * throws  as `sniff`, and NacreError "bitstream" when it is none
 */
export async function readNacre(source: Source): Promise<Uint8Array> {
  const { file, signal } = await sniff(source);
  if (file) return file;
  await signal.bytes()[Symbol.asyncIterator]().return?.(undefined);
  throw new NacreError("bitstream", {
    found: `${label(source)} does not begin with ${magic}`,
    expected: "a .nacre file",
  });
}

/**
 * The header of a .nacre file, and a source that can still be read from its beginning.
 *
 * throws  NacreError "io", "bitstream" or "version" when there is no header to read
 */
export async function peekHeader(source: Source): Promise<{ header: StreamHeader; source: Source }> {
  const pieces = source.bytes()[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  // Without a `return`: what looks into the header must not close the pipe.
  const noted: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const piece = await pieces.next();
        if (!piece.done) held.push(piece.value);
        return piece;
      },
    }),
  };
  const { header } = await parseStream(noted, { recover: true });
  if (source.path === undefined) return { header, source: { ...source, bytes: () => replay(held, pieces) } };
  await pieces.return?.();
  return { header, source };
}

/** A whole file as pieces. */
export async function* once(file: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield file;
}

/** What sentences call a source. */
export function label({ name }: Source): string {
  return name === "-" ? "the standard input" : name;
}

function startsWithMagic(held: readonly Uint8Array[]): boolean {
  return Buffer.concat(held).toString("latin1", 0, magic.length) === magic;
}

async function readRest(
  name: string,
  held: Uint8Array[],
  pieces: AsyncIterator<Uint8Array>,
): Promise<Uint8Array> {
  let size = held.reduce((sum, { length }) => sum + length, 0);
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    held.push(next.value);
    size += next.value.length;
    if (size <= largest) continue;
    await pieces.return?.();
    throw new NacreError("bitstream", {
      found: `${name} is larger than ${largest} bytes`,
      expected: "a .nacre file",
    });
  }
  return new Uint8Array(Buffer.concat(held));
}

async function* replay(held: readonly Uint8Array[], pieces: AsyncIterator<Uint8Array>) {
  try {
    yield* held;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}
