import { type FileHandle, open } from "node:fs/promises";
import { NacreError, systemError } from "@nacre/errors";

const pieceBytes = 256 * 1024;

/**
 * Bytes from a file or a pipe, taken in order and only as far as they are asked for.
 *
 * name  what error sentences call the source
 * size  bytes altogether, only for an ordinary file
 */
export class ByteReader {
  readonly name: string;
  readonly size: number | undefined;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #position = 0;
  #iterator: AsyncIterator<Uint8Array>;
  #ended = false;

  constructor(pieces: AsyncIterable<Uint8Array>, name: string, size?: number) {
    this.#iterator = pieces[Symbol.asyncIterator]();
    this.name = name;
    this.size = size;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `count` bytes without taking them; fewer only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    await this.#fill(count);
    return this.#gather(Math.min(count, this.#held));
  }

  /** Takes the next `count` bytes; fewer only at the end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.#drop(bytes.length);
    return bytes;
  }

  /** Takes whatever has arrived, or waits for the next piece; empty only at the end. */
  async takeAny(): Promise<Uint8Array> {
    await this.#fill(1);
    return this.take(this.#pieces[0]?.length ?? 0);
  }

  /** Passes over `count` bytes; returns how many there were. */
  async skip(count: number): Promise<number> {
    let left = count;
    while (left > 0) {
      await this.#fill(1);
      if (this.#held === 0) break;
      const step = Math.min(left, this.#held);
      this.#drop(step);
      left -= step;
    }
    return count - left;
  }

  /** Ends the source early; more than one call does no harm. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }

  async #fill(count: number): Promise<void> {
    while (this.#held < count && !this.#ended) {
      const next = await this.#next();
      if (next.done) this.#ended = true;
      else this.#add(next.value);
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#iterator.next();
    } catch (cause) {
      throw systemError(cause, this.name);
    }
  }

  #add(piece: unknown): void {
    if (!(piece instanceof Uint8Array)) {
      throw new NacreError("media", {
        found: `${this.name} gave a ${typeof piece}`,
        expected: "bytes (Uint8Array)",
        mend: "do not set an encoding on the pipe",
      });
    }
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#held += piece.length;
  }

  #gather(count: number): Uint8Array {
    const first = this.#pieces[0];
    if (first === undefined || count === 0) return new Uint8Array(0);
    if (first.length >= count) return first.subarray(0, count);
    const bytes = new Uint8Array(count);
    let at = 0;
    for (const piece of this.#pieces) {
      if (at === count) break;
      const part = piece.subarray(0, count - at);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #drop(count: number): void {
    this.#held -= count;
    this.#position += count;
    let left = count;
    while (left > 0) {
      const first = this.#pieces[0]!;
      if (first.length > left) {
        this.#pieces[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#pieces.shift();
    }
  }
}

/** A reader of a path or of a pipe; throws NacreError "io" where there is nothing to read. */
export async function openBytes(source: string | AsyncIterable<Uint8Array>): Promise<ByteReader> {
  if (typeof source !== "string") return new ByteReader(source, "the input");
  let handle: FileHandle | undefined;
  try {
    handle = await open(source, "r");
    const stat = await handle.stat();
    if (stat.isDirectory()) throw Object.assign(new Error("folder"), { code: "EISDIR" });
    return new ByteReader(filePieces(handle), source, stat.isFile() ? stat.size : undefined);
  } catch (cause) {
    await handle?.close();
    throw systemError(cause, source);
  }
}

function filePieces(handle: FileHandle): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(pieceBytes), 0, pieceBytes, null);
      if (bytesRead > 0) return { done: false, value: buffer.subarray(0, bytesRead) };
      await handle.close();
      return { done: true, value: undefined };
    },
    async return() {
      await handle.close();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
