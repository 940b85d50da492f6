import { rmSync } from "node:fs";
import type { Io } from "./io.js";
import type { Screen } from "./screen.js";

/** The exit code of a program that was interrupted. */
export const interruptedCode = 130;

/**
 * What happens at Ctrl-C.
 *
 * signal       aborted by the first one: work ends properly at the next good place
 * temporaries  paths that the second one removes before the program ends at once
 * release      stops listening
 */
export type Interrupt = { signal: AbortSignal; temporaries: Set<string>; release(): void };

/** Listens for Ctrl-C: the first asks for a proper end, the second ends at once. */
export function listenForInterrupts(io: Io, screen: Screen): Interrupt {
  const controller = new AbortController();
  const temporaries = new Set<string>();
  const release = io.onInterrupt(() => {
    if (!controller.signal.aborted) {
      screen.note("note", "interrupted, closing what was begun; once more stops at once");
      controller.abort();
      // After the abort, so that whoever listens has ended by then; whoever waits for a silent pipe fails.
      io.stdin.close();
      return;
    }
    // Synchronous: after this there is no later.
    for (const path of temporaries) rmSync(path, { force: true, recursive: true });
    screen.note("note", "stopped at once; nothing unfinished was kept");
    io.exit(interruptedCode);
  });
  return { signal: controller.signal, temporaries, release };
}
