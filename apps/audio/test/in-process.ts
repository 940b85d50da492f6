import { type Io, run } from "@nacre/cli";
import { sound } from "../src/medium.js";
import type { Ended } from "./program.js";

/** Runs a command line in this process: as `nacre` does, but without the second that a process takes to start. */
export async function call(argv: readonly string[]): Promise<Ended> {
  const out: Uint8Array[] = [];
  let err = "";
  const io: Io = {
    stdin: { isTerminal: false, async *bytes() {}, close: () => undefined },
    stdout: { isTerminal: false, write: async (data) => void out.push(Buffer.from(data as string)) },
    stderr: {
      isTerminal: false,
      columns: 80,
      write: (text) => {
        err += text;
      },
    },
    env: {},
    onInterrupt: () => () => undefined,
    exit: (code) => {
      throw new Error(`exit ${code} in a test`);
    },
  };
  const code = await run(sound, argv, io);
  return { code, signal: null, out: Buffer.concat(out), err };
}
