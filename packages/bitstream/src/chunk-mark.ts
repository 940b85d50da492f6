import { NacreError } from "@nacre/errors";
import { type Cursor, readVarint, refuse, writeVarint } from "./cursor.js";
import type { VideoHeader } from "./video-header.js";

/**
 * What a chunk of a video is.
 *
 * kind       "intra": a frame in layers that needs no other; "predicted": a frame in layers that needs an earlier one;
 *            "repeat": frames that show what was shown before them, without layers; "sound": a piece of the soundtrack
 * number     0-based, of its first frame; of a piece of sound the first of its codec's frames
 * times      [frames], growing, in ticks of the header's clock; absent for sound and where the header has no clock
 * reference  of a predicted frame: how many frames back the one lies that it needs, at least 1
 * level      of a predicted frame: its place in the hierarchy, 0 .. 255
 */
export type ChunkMark =
  | { kind: "intra" | "repeat"; number: number; times?: number[] }
  | { kind: "predicted"; number: number; times?: number[]; reference: number; level: number }
  | { kind: "sound"; number: number };

/** Kinds of chunks of a video, in the order of the index. */
export const chunkKinds = ["intra", "repeat", "predicted", "sound"] as const;

const markers = { intra: 0x43, repeat: 0x52, predicted: 0x50, sound: 0x54 } as const;
/** Frames of one run of repeated ones at most. */
export const MOST_REPEATS = 4096;
const MOST_NUMBER = 2 ** 48;
const MOST_LEVEL = 255;

/** The kind of a video's chunk that begins with this byte. */
export function kindOfMarker(byte: number | undefined): ChunkMark["kind"] | undefined {
  return chunkKinds.find((kind) => markers[kind] === byte);
}

/** Begins the head of a video's chunk: its marker and what it is. */
export function markHead(mark: ChunkMark, frames: number): number[] {
  const head: number[] = [markers[mark.kind]];
  writeVarint(head, mark.number);
  if (mark.kind === "sound" || mark.kind === "repeat") writeVarint(head, frames);
  if (mark.kind === "predicted") {
    writeVarint(head, mark.reference);
    writeVarint(head, mark.level);
  }
  if (mark.kind === "sound") return head;
  let before = 0;
  for (const time of mark.times ?? []) {
    writeVarint(head, time - before);
    before = time;
  }
  return head;
}

/** Reads it behind the marker; what cannot be is refused. */
export function readMark(
  cursor: Cursor,
  kind: ChunkMark["kind"],
  { clock }: VideoHeader,
): { mark: ChunkMark; frames: number } {
  const number = readVarint(cursor);
  if (kind === "sound") return { mark: { kind, number }, frames: readVarint(cursor) };
  const frames = kind === "repeat" ? readVarint(cursor) : 1;
  if (frames < 1 || frames > MOST_REPEATS) refuse(cursor);
  const predicted =
    kind === "predicted" ? { reference: readVarint(cursor), level: readVarint(cursor) } : undefined;
  const times = clock !== undefined && !cursor.bad ? { times: readTimes(cursor, frames) } : {};
  const mark: ChunkMark = predicted
    ? { kind: "predicted", number, ...times, ...predicted }
    : { kind: kind === "repeat" ? "repeat" : "intra", number, ...times };
  if (markFault(mark, frames, clock)) refuse(cursor);
  return { mark, frames };
}

function readTimes(cursor: Cursor, frames: number): number[] {
  const times: number[] = [];
  let time = 0;
  for (let frame = 0; frame < frames && !cursor.short && !cursor.bad; frame++) {
    time += readVarint(cursor);
    times.push(time);
  }
  return times;
}

/**
 * Refuses a mark that no chunk can have.
 *
 * throws  NacreError "shape"
 */
export function checkMark(mark: ChunkMark, frames: number, { clock, sound }: VideoHeader): void {
  const fault =
    mark.kind === "sound" && !sound
      ? "a piece of sound without a soundtrack"
      : markFault(mark, frames, clock);
  if (fault) throw new NacreError("shape", { found: fault });
}

/** The first thing wrong with a mark, in words. */
function markFault(mark: ChunkMark, frames: number, clock: number | undefined): string | undefined {
  const whole = (value: number, low: number, high: number) =>
    Number.isInteger(value) && value >= low && value <= high;
  if (!whole(mark.number, 0, MOST_NUMBER)) return `frame ${mark.number}, expected a whole number`;
  if (mark.kind === "sound") return undefined;
  const most = mark.kind === "repeat" ? MOST_REPEATS : 1;
  if (!whole(frames, 1, most)) return `${frames} frames in one chunk, expected 1 to ${most}`;
  if (mark.kind === "predicted") {
    if (!whole(mark.reference, 1, mark.number)) return `a reference ${mark.reference} frames back`;
    if (!whole(mark.level, 0, MOST_LEVEL)) return `level ${mark.level}, expected 0 to ${MOST_LEVEL}`;
  }
  return timesFault(mark.times, frames, clock);
}

function timesFault(times: readonly number[] | undefined, frames: number, clock: number | undefined) {
  if (clock === undefined) return times ? "times of frames without a clock" : undefined;
  if (times?.length !== frames) return `${times?.length ?? 0} times for ${frames} frames`;
  const grows = times.every(
    (time, at) => time >= 0 && time < MOST_NUMBER && (at === 0 || time > times[at - 1]!),
  );
  return grows ? undefined : "times of frames that do not grow";
}
