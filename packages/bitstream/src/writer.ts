import { assert, NacreError } from "@nacre/errors";
import { writeAttachment } from "./attachments.js";
import { CHECK_BYTES, type Chunk, writeChunk } from "./chunk.js";
import type { ChunkMark } from "./chunk-mark.js";
import { cursorAt, join, readUint32 } from "./cursor.js";
import { type IndexEntry, indexEntry, type VideoEnds, writeFooter } from "./footer.js";
import { chunkLayout, type StreamHeader, writeHeader } from "./header.js";

/** Hands out a stream piece by piece, in the order start, chunk ..., finish. Joined, the pieces are the file. */
export type StreamWriter = {
  /** The header's bytes, attachments included. */
  start(): Uint8Array;
  /** One chunk's bytes. Throws NacreError "shape" for sections that do not fit the header, or a chunk after a short one. */
  chunk(chunk: Chunk): Uint8Array;
  /**
   * The footer's bytes. `length` is exact, in samples per channel, tiles or frames. It may be less than the header
   * announced (the user interrupted), never more: NacreError "shape".
   */
  finish(length: number, ends?: VideoEnds): Uint8Array;
  /** Leaves out a chunk: a reader that recovers takes it for a lost one. */
  leaveOut(): void;
};

/**
 * Opens a writer; nothing is written anywhere, the caller gets bytes.
 *
 * header   see StreamHeader; `length` undefined when it is not known yet
 * throws   NacreError "option" when a field of the header is out of range
 *
 * The same header, chunks and length give the same bytes, so what was trimmed equals what was encoded with fewer
 * layers.
 */
export function createStreamWriter(header: StreamHeader): StreamWriter {
  const head = writeHeader(header);
  const headerCrc = readUint32(cursorAt(head, head.length - CHECK_BYTES));
  const attachments = header.media === "image" ? header.attachments : [];
  const opening = join([head, ...attachments.map((each, at) => writeAttachment(each, headerCrc, at))]);
  const { framesPerChunk } = chunkLayout(header);
  const index: IndexEntry[] = [];
  const inOrder = frameOrder();
  let state: "new" | "open" | "short" | "done" = "new";
  return {
    start() {
      assert(state === "new", "start is called once, first");
      state = "open";
      return opening;
    },
    chunk(chunk) {
      assert(state === "open" || state === "short", "chunk is called between start and finish");
      if (state === "short") {
        throw new NacreError("shape", {
          found: `a chunk after one of fewer than ${framesPerChunk} frames`,
          expected: "only the last chunk to be short",
        });
      }
      const bytes = writeChunk(chunk, header, headerCrc, index.length);
      if (chunk.mark) inOrder(chunk.mark, chunk.frames);
      if (chunk.frames < framesPerChunk) state = "short";
      index.push(indexEntry(bytes.length, chunk.frames, chunk.mark));
      return bytes;
    },
    finish(length, ends = {}) {
      assert(state === "open" || state === "short", "finish is called once, after start");
      checkLength(length, header);
      state = "done";
      return writeFooter({ length, ...ends, index }, header, headerCrc);
    },
    leaveOut() {
      assert(state === "open", "a chunk is left out between start and finish");
      index.push({ size: 0 });
    },
  };
}

/** Refuses frames of a video, or of its sound, that leave a gap or come again. */
function frameOrder(): (mark: ChunkMark, frames: number) => void {
  const next = { frame: 0, sound: 0 };
  return (mark, frames) => {
    const of = mark.kind === "sound" ? "sound" : "frame";
    if (mark.number !== next[of])
      throw new NacreError("shape", {
        found: `${of} ${mark.number} of a video`,
        expected: `${next[of]}, the one after those before`,
      });
    next[of] += frames;
  };
}

function checkLength(length: number, header: StreamHeader): void {
  const most = chunkLayout(header).length ?? 2 ** 48;
  if (Number.isInteger(length) && length >= 0 && length <= most) return;
  throw new NacreError("shape", { found: `a final length of ${length}`, expected: `0 to ${most}` });
}
