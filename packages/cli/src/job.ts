import type { Io } from "./io.js";
import type { Medium } from "./medium.js";
import { run } from "./run.js";

/**
 * Runs command lines of a program one after another, each shown as a user would type it.
 *
 * returns  the exit code of the first that fails, or 0
 */
export async function runAll(
  medium: Medium,
  commands: readonly (readonly string[])[],
  io: Io,
): Promise<number> {
  for (const command of commands) {
    await io.stdout.write(`\n$ ${medium.program} ${command.join(" ")}\n`);
    const code = await run(medium, command, io);
    if (code !== 0) return code;
  }
  return 0;
}
