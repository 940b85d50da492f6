import { systemError } from "@nacre/errors";

/**
 * Everything that a program touches outside its files. Verbs print, read pipes and end through this alone, so that
 * tests hand over one of their own.
 */
export type Io = {
  stdin: {
    readonly isTerminal: boolean;
    /** Bytes as they arrive; throws NacreError "io" when they cannot be read. */
    bytes(): AsyncIterable<Uint8Array>;
    /** Lets go of the pipe, so that a silent one does not keep the program alive. */
    close(): void;
  };
  stdout: {
    readonly isTerminal: boolean;
    /** Resolves when the reader has room again; throws BrokenPipe when it is gone. */
    write(data: Uint8Array | string): Promise<void>;
  };
  stderr: { readonly isTerminal: boolean; readonly columns: number; write(text: string): void };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls the listener at every Ctrl-C and polite kill until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the program at once. */
  exit(code: number): void;
};

/** Whoever read the standard output has gone, like `head` when it has enough. No fault, and nothing to tell. */
export class BrokenPipe extends Error {
  constructor() {
    super("the reader of the standard output is gone");
    this.name = "BrokenPipe";
  }
}

/** The Io of the running process. */
export function processIo(): Io {
  // Failures come back through the callbacks of write; without a listener they would end the process as well.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  let reading = false;
  let closed = false;
  return {
    stdin: {
      isTerminal: process.stdin.isTTY === true,
      async *bytes() {
        // A pipe that was let go before anybody read it: whoever comes now must not wait for it.
        if (closed) return;
        reading = true;
        try {
          yield* process.stdin;
        } catch (cause) {
          throw systemError(cause, "the standard input");
        }
      },
      close() {
        closed = true;
        if (reading) process.stdin.destroy();
      },
    },
    stdout: { isTerminal: process.stdout.isTTY === true, write: writeOut },
    stderr: {
      isTerminal: process.stderr.isTTY === true,
      get columns() {
        // Some terminals say 0.
        return process.stderr.columns || 80;
      },
      write: (text) => void process.stderr.write(text),
    },
    env: process.env,
    onInterrupt,
    exit: (code) => process.exit(code),
  };
}

function writeOut(data: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(data, (cause) => {
      if (!cause) resolve();
      else if ("code" in cause && cause.code === "EPIPE") reject(new BrokenPipe());
      else reject(systemError(cause, "the standard output"));
    });
  });
}

function onInterrupt(listener: () => void): () => void {
  // Not SIGHUP: a program under nohup has to outlive its terminal.
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
