import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { NacreError } from "@nacre/errors";

const script = fileURLToPath(new URL("../../peers/step.py", import.meta.url));

/** PyTorch in a process of its own, which idles while it is not asked. */
export type TorchPeer = {
  versions: { torch: string; python: string };
  /** Trains from the first state; losses and codes of each step. */
  agree(steps: number): Promise<{ losses: number[][]; codes: number[][] }>;
  /** Trains on; seconds of each step. */
  time(steps: number): Promise<number[]>;
  close(): void;
};

/** Starts the peer on an exported case. throws NacreError "io" when Python or its packages are missing */
export async function startTorch(python: string, folder: string): Promise<TorchPeer> {
  const child = spawn(python, [script, folder], { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  const answers = linesOf(child, () => complaints);
  const ask = async <T>(line: string): Promise<T> => {
    child.stdin.write(`${line}\n`);
    return JSON.parse(await answers()) as T;
  };
  const versions = JSON.parse(await answers()) as TorchPeer["versions"];
  return {
    versions,
    agree: (steps) => ask(`agree ${steps}`),
    time: async (steps) => (await ask<{ seconds: number[] }>(`time ${steps}`)).seconds,
    close: () => child.stdin.end(),
  };
}

function linesOf(child: ChildProcessWithoutNullStreams, complaints: () => string): () => Promise<string> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => {
    child.once("error", () => reject(absent("Python could not be started")));
  });
  failed.catch(() => {});
  return async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw absent(complaints().trim().split("\n").at(-1) || "the peer ended");
    return value;
  };
}

function absent(found: string): NacreError {
  return new NacreError("io", {
    found,
    expected: "Python with torch, numpy and safetensors",
    mend: "name its interpreter with --python",
  });
}
