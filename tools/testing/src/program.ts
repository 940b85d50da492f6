import { type ChildProcess, spawn } from "node:child_process";

/** What a run of a program left behind. */
export type Ended = { code: number | null; signal: string | null; out: Buffer; err: string };

/** A terminal without one: bytes come in, what is written is kept. It has the shape of cli's `Io`. */
export type KeptIo = ReturnType<typeof keptIo>["io"];

/**
 * Runs a command line in this process: as the program does, but without the second that a process takes to start.
 *
 * run        cli's `run` with the medium, for an Io
 * stdin      what is piped in
 * interrupt  is given Ctrl-C to press
 */
export async function inProcess(
  run: (io: KeptIo) => Promise<number>,
  stdin: Uint8Array = new Uint8Array(0),
  interrupt: (press: () => void) => void = () => undefined,
): Promise<Ended> {
  const { io, kept } = keptIo(stdin, interrupt);
  const code = await run(io);
  return { code, signal: null, ...kept() };
}

function keptIo(stdin: Uint8Array, interrupt: (press: () => void) => void) {
  const out: Uint8Array[] = [];
  let err = "";
  const io = {
    stdin: {
      isTerminal: false,
      async *bytes() {
        if (stdin.length > 0) yield stdin;
      },
      close: () => undefined,
    },
    stdout: {
      isTerminal: false,
      write: async (data: Uint8Array | string) => void out.push(Buffer.from(data)),
    },
    stderr: {
      isTerminal: false,
      columns: 80,
      write: (text: string) => {
        err += text;
      },
    },
    env: {},
    onInterrupt: (listener: () => void) => {
      interrupt(listener);
      return () => undefined;
    },
    exit: (code: number): never => {
      throw new Error(`exit ${code} in a test`);
    },
  };
  return { io, kept: () => ({ out: Buffer.concat(out), err }) };
}

/** Starts a built program of Node; its end is awaited with `ended`. */
export function startProgram(
  program: string,
  argv: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): ChildProcess & { ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...argv], { cwd, env: { ...process.env, ...env } });
  const out: Buffer[] = [];
  let err = "";
  child.stdout.on("data", (part: Buffer) => out.push(part));
  child.stderr.on("data", (part: Buffer) => {
    err += part.toString();
  });
  // A program that ends early closes its input; that is its right.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out: Buffer.concat(out), err }));
  });
  return Object.assign(child, { ended });
}
