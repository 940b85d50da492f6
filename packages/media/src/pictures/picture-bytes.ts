import { type FileHandle, open } from "node:fs/promises";
import { NacreError, systemError } from "@nacre/errors";
import { type ByteReader, openBytes } from "../bytes.js";

/**
 * The bytes of one picture file, read at any place.
 *
 * name   what error sentences call it
 * input  what the library reads: the path of an ordinary file, or the bytes themselves
 * read   up to `length` bytes from `at`; fewer only at the end
 */
export type PictureBytes = {
  name: string;
  input: string | Uint8Array;
  size: number;
  read(at: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

/** A path, the bytes of a file, or bytes as they arrive from a pipe. */
export type PictureInput = string | Uint8Array | AsyncIterable<Uint8Array>;

/**
 * A picture file of any kind as bytes that can be read anywhere. An ordinary file stays on the disk; a pipe
 * is gathered, up to `most` bytes.
 *
 * throws  NacreError "io" when nothing can be read, "media" when a pipe holds more than `most` bytes
 */
export async function openPictureBytes(input: PictureInput, most: number): Promise<PictureBytes> {
  if (input instanceof Uint8Array) return bytesSource(input, "the picture");
  const reader = await openBytes(input);
  try {
    if (reader.size === undefined) return bytesSource(await gather(reader, most), reader.name);
  } finally {
    await reader.close();
  }
  return fileSource(reader.name);
}

function bytesSource(bytes: Uint8Array, name: string): PictureBytes {
  return {
    name,
    input: bytes,
    size: bytes.length,
    read: async (at, length) => bytes.subarray(at, at + length),
    close: async () => {},
  };
}

async function fileSource(path: string): Promise<PictureBytes> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    throw systemError(cause, path);
  }
  return {
    name: path,
    input: path,
    size: (await handle.stat()).size,
    read: (at, length) => readAt(handle, path, at, length),
    close: () => handle.close(),
  };
}

/**
 * Up to `length` bytes of a file from `at`; fewer only at its end. Throws NacreError "io".
 *
 * into  room for them, if there is some already
 */
export async function readAt(
  handle: FileHandle,
  name: string,
  at: number,
  length: number,
  into: Uint8Array = new Uint8Array(length),
): Promise<Uint8Array> {
  let count = 0;
  while (count < length) {
    try {
      const { bytesRead } = await handle.read(into, count, length - count, at + count);
      if (bytesRead === 0) break;
      count += bytesRead;
    } catch (cause) {
      throw systemError(cause, name);
    }
  }
  return into.subarray(0, count);
}

async function gather(reader: ByteReader, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  while (reader.position <= most) {
    const piece = await reader.takeAny();
    if (piece.length === 0) return Buffer.concat(pieces);
    pieces.push(piece);
  }
  throw new NacreError("media", {
    found: `${reader.name} gives more than ${most} bytes`,
    expected: "a picture within the limit of pixels",
    mend: "write it to a file, or raise maxPixels",
  });
}
