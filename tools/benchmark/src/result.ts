import { writeFile } from "node:fs/promises";
import { type Machine, machine } from "./machine.js";

/** What every benchmark's JSON has around its figures. */
export type Result<T> = {
  schema: "nacre.benchmark/1";
  benchmark: string;
  command: string;
  machine: Machine;
} & T;

/**
 * Prints a result as one JSON object, and writes it where `out` says.
 *
 * shown  printed instead of the JSON
 */
export async function tell<T extends object>(
  benchmark: string,
  figures: T,
  out?: string,
  shown?: string,
): Promise<void> {
  const command = ["node", "tools/benchmark/dist/main.js", ...process.argv.slice(2)].join(" ");
  const result: Result<T> = {
    schema: "nacre.benchmark/1",
    benchmark,
    command,
    machine: machine(),
    ...figures,
  };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) await writeFile(out, text);
  process.stdout.write(shown ?? text);
}
