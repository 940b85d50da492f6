import type { Io } from "./io.js";
import { progressLine } from "./progress.js";

/** What a user sees on the terminal beside results: one line of progress at the bottom, sentences above it. */
export type Screen = {
  /** Shows how far the work is; nothing in a pipe. `total` undefined: nobody knows. */
  progress(label: string, done: number, total?: number): void;
  /** Takes the line of progress away. */
  clear(): void;
  /** A sentence of its own line on standard error; the kind is painted on a terminal. */
  note(kind: "error" | "warning" | "note", sentence: string): void;
};

const colours = { error: 31, warning: 33, note: 36 } as const;
/** Milliseconds between two drawings. */
const pause = 100;

/** A screen on standard error. Bars only on a terminal; colour only there and without NO_COLOR. */
export function createScreen({ stderr, env }: Io, now: () => number = Date.now): Screen {
  const colour = stderr.isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  let shown = false;
  let drawn = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (shown) stderr.write("\r\u001b[K");
    shown = false;
  };
  return {
    clear,
    progress(label, done, total) {
      if (!stderr.isTerminal || now() - drawn < pause) return;
      drawn = now();
      shown = true;
      stderr.write(`\r${progressLine(label, done, total, stderr.columns - 1)}\u001b[K`);
    },
    note(kind, sentence) {
      clear();
      const head = colour ? `\u001b[${colours[kind]}m${kind}:\u001b[0m` : `${kind}:`;
      stderr.write(`${head} ${oneLine(sentence)}\n`);
    },
  };
}

// Sentences may hold a file's name or bytes: a control character must not steer the terminal.
function oneLine(sentence: string): string {
  return sentence.replace(/\s*\n\s*/g, " ").replace(/\p{Cc}/gu, "?");
}
