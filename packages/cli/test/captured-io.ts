import type { Io } from "../src/io.js";

/** An Io that keeps what is printed; `interrupt` is Ctrl-C. */
export type CapturedIo = Io & {
  out(): string;
  err(): string;
  exits: number[];
  interrupt(): void;
};

/**
 * stdin     what comes through the pipe
 * terminal  all three are terminals
 * write     stands for the standard output, to be slow or broken
 */
export function capturedIo({
  stdin = [],
  terminal = false,
  env = {},
  write,
}: {
  stdin?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  terminal?: boolean;
  env?: Record<string, string>;
  write?: (data: Uint8Array | string) => Promise<void>;
} = {}): CapturedIo {
  const out: Uint8Array[] = [];
  let err = "";
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const keep = async (data: Uint8Array | string) => void out.push(Buffer.from(data as string));
  return {
    stdin: {
      isTerminal: terminal,
      async *bytes() {
        yield* stdin;
      },
      close: () => undefined,
    },
    stdout: { isTerminal: terminal, write: write ?? keep },
    stderr: {
      isTerminal: terminal,
      columns: 60,
      write(text) {
        err += text;
      },
    },
    env,
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => void exits.push(code),
    out: () => Buffer.concat(out).toString("latin1"),
    err: () => err,
    exits,
    interrupt() {
      for (const listener of [...listeners]) listener();
    },
  };
}
