import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NacreError } from "@nacre/errors";
import type { EntropyCase } from "./cases.js";
import type { CoderRow } from "./measure-entropy.js";

const script = fileURLToPath(new URL("../../peers/entropy.py", import.meta.url));

export type ConstrictionVersions = { python: string; constriction: string; numpy: string };

/** The versions of an interpreter's constriction; a sentence where there is no such interpreter or package. */
export function constrictionVersions(python: string): ConstrictionVersions | string {
  const { error, status, stdout, stderr } = spawnSync(python, [script, "versions"], { encoding: "utf8" });
  if (error) return `not measured: Python could not be started as "${python}" (${error.message})`;
  if (status === 0) return JSON.parse(stdout) as ConstrictionVersions;
  return `not measured: "${python}" has no constriction (${stderr.trim().split("\n").at(-1)})`;
}

/**
 * One round of constriction's ANS coder on a case, in a process of its own after a round to warm up. It is handed each
 * table's run of symbols as one array.
 *
 * throws NacreError "runtime" when the peer fails or does not give back what it coded
 */
export async function measureConstriction(
  python: string,
  { tables, symbols, choice }: EntropyCase,
  ideal: number,
): Promise<CoderRow> {
  const folder = await mkdtemp(join(tmpdir(), "nacre-entropy-"));
  try {
    await writeFile(
      join(folder, "tables.bin"),
      bytesOf(Uint32Array.from(tables.flatMap(({ frequencies }) => [...frequencies]))),
    );
    await writeFile(join(folder, "symbols.bin"), bytesOf(symbols));
    await writeFile(join(folder, "choice.bin"), choice);
    const args = [script, "measure", folder, String(tables.length)];
    const { status, stdout, stderr } = spawnSync(python, args, { encoding: "utf8" });
    if (status !== 0) throw failed(stderr);
    const { encode, decode, bytes } = JSON.parse(stdout) as Omit<CoderRow, "overhead">;
    return { encode, decode, bytes, overhead: (8 * bytes) / ideal - 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bytesOf(data: Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function failed(complaint: string): NacreError {
  return new NacreError("runtime", {
    found: `entropy.py ended with ${complaint.trim().split("\n").at(-1)}`,
    expected: "times and bytes",
  });
}
