import { isNacreError } from "@nacre/errors";
import { CommanderError } from "commander";
import { type Interrupt, interruptedCode, listenForInterrupts } from "./interrupt.js";
import { BrokenPipe, type Io, processIo } from "./io.js";
import type { Medium } from "./medium.js";
import { buildProgram } from "./program.js";
import { createScreen, type Screen } from "./screen.js";
import { verbs } from "./verbs.js";

/** Exit codes: done 0, failed 1, wrong usage 2, interrupted 130, reader gone 141 (as if by SIGPIPE). */
const [failedCode, usageCode, brokenPipeCode] = [1, 2, 141];

/**
 * Parses a command line, runs its verb, tells one sentence of what failed.
 *
 * argv     arguments after the program's name
 * returns  the exit code; nothing is thrown
 */
export async function run(medium: Medium, argv: readonly string[], io: Io): Promise<number> {
  const screen = createScreen(io);
  const interrupt = listenForInterrupts(io, screen);
  try {
    return await runVerb(medium, argv, io, screen, interrupt);
  } catch (error) {
    return tell(error, { io, screen, interrupt });
  } finally {
    screen.clear();
    interrupt.release();
    io.stdin.close();
  }
}

/** Runs a program as this process: its arguments, pipes, signals and exit code. */
export async function runProcess(medium: Medium): Promise<void> {
  const io = processIo();
  process.once("uncaughtException", (error) => {
    io.stderr.write(`error: ${unexpected(error)}\n`);
    process.exit(failedCode);
  });
  process.exitCode = await run(medium, process.argv.slice(2), io);
  // A read that waits for a silent pipe cannot be called off and would keep the process.
  if (process.exitCode === interruptedCode) process.exit();
}

async function runVerb(
  medium: Medium,
  argv: readonly string[],
  io: Io,
  screen: Screen,
  interrupt: Interrupt,
): Promise<number> {
  let printed = "";
  let code = 0;
  const program = buildProgram(medium, [...verbs, ...(medium.verbs ?? [])], {
    async onVerb(verb, inputs, options) {
      const command = [medium.program, ...argv].map(quoted).join(" ");
      code = await verb.run({ medium, io, screen, interrupt, command }, inputs, options);
    },
    writeOut: (text) => {
      printed += text;
    },
    writeError: (sentence) => screen.note("error", sentence),
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) await io.stdout.write(printed);
    else io.stderr.write(printed);
    return error.exitCode === 0 ? 0 : usageCode;
  }
}

function tell(error: unknown, { io, screen, interrupt }: { io: Io; screen: Screen; interrupt: Interrupt }) {
  screen.clear();
  if (io.env.NACRE_DEBUG && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  if (error instanceof BrokenPipe) return brokenPipeCode;
  if (interrupt.signal.aborted) {
    screen.note("note", "interrupted; nothing was kept");
    return interruptedCode;
  }
  if (!isNacreError(error)) {
    screen.note("error", unexpected(error));
    return failedCode;
  }
  screen.note("error", error.message);
  return error.code === "usage" ? usageCode : failedCode;
}

function unexpected(error: unknown): string {
  const words = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
  return `something went wrong that should not: ${words}; NACRE_DEBUG=1 shows where`;
}

// For a page that tells how it was made: good enough to be pasted into a shell.
function quoted(argument: string): string {
  return /^[\w./=:@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
