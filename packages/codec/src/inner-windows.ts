import type { WindowLayout } from "./windows.js";

/**
 * One window that lies inside its signal.
 *
 * channels  whole frames of each channel, context included
 * first     frames of context in front of the chunk
 * frames    frames of the chunk, after `first`
 */
export type InnerWindow<Values> = { channels: Values[]; first: number; frames: number };

/** Takes a signal in pieces of any length, gives windows as soon as they are complete. */
export type InnerWindows<Values> = {
  /** [channel], pieces of one length, not of whole frames */
  add(pieces: readonly Values[]): InnerWindow<Values>[];
  /** The last windows; zeros fill up the last frame, and the frames that come together with it. */
  finish(): InnerWindow<Values>[];
};

/**
 * Cuts a signal for a network with ends of its own: every window has past + chunk + future frames and lies inside
 * the signal, moved there where it would reach beyond an end, so that its ends are the signal's or far from the
 * chunk. A signal shorter than that is one window, as long as itself. Memory holds a window and a chunk.
 *
 * create  values of one channel, all zero
 * width   values of one frame
 */
export function innerWindows<Values extends Float32Array | Int32Array>(
  create: (length: number) => Values,
  channels: number,
  width: number,
  { past, chunk, future, together }: Pick<WindowLayout, "past" | "chunk" | "future" | "together">,
): InnerWindows<Values> {
  const size = past + chunk + future;
  const fresh = () => Array.from({ length: channels }, () => create((size + chunk) * width));
  let held = fresh();
  // Of the first frame that is held, and of the chunk that comes next.
  let [base, next] = [0, 0];
  let filled = 0;
  const windowAt = (start: number, length: number, frames: number): InnerWindow<Values> => ({
    channels: held.map((values) => part(values, (start - base) * width, length * width)),
    first: next - start,
    frames,
  });
  const forget = () => {
    // The signal may end soon; its last window then begins up to a chunk earlier.
    const kept = Math.max(0, next - past - chunk);
    if (kept === base) return;
    const moved = fresh();
    const dropped = (kept - base) * width;
    for (const [channel, values] of moved.entries()) values.set(held[channel]!.subarray(dropped, filled));
    held = moved;
    filled -= dropped;
    base = kept;
  };
  return {
    add(pieces) {
      const windows: InnerWindow<Values>[] = [];
      const length = pieces[0]!.length;
      for (let at = 0; at < length; ) {
        const start = Math.max(0, next - past);
        const wanted = (start + size - base) * width;
        const count = Math.min(length - at, wanted - filled);
        for (const [channel, values] of held.entries())
          values.set(pieces[channel]!.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled < wanted) break;
        windows.push(windowAt(start, size, chunk));
        next += chunk;
        forget();
      }
      return windows;
    },
    finish() {
      const windows: InnerWindow<Values>[] = [];
      const total = base + wholeGroups(filled / width, together);
      const length = Math.min(size, total);
      for (; next < total; next += chunk) {
        const start = Math.min(Math.max(0, next - past), total - length);
        windows.push(windowAt(start, length, Math.min(chunk, total - next)));
      }
      return windows;
    },
  };
}

/** The least multiple of `together` that holds so many frames. */
export function wholeGroups(frames: number, together: number): number {
  return Math.ceil(frames / together) * together;
}

function part<Values extends Float32Array | Int32Array>(values: Values, from: number, length: number) {
  return values.slice(from, from + length) as Values;
}
