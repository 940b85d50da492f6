import type { Interrupt } from "./interrupt.js";
import type { Io } from "./io.js";
import type { Medium, Task } from "./medium.js";
import { type Option, type Options, text, toggle, type Values } from "./options.js";
import type { Screen } from "./screen.js";

/** What surrounds a verb that runs. */
export type Context = {
  medium: Medium;
  io: Io;
  screen: Screen;
  interrupt: Interrupt;
  /** The command line as it was given, for pages that tell how they were made. */
  command: string;
};

/**
 * One verb of the program: its help, its options and the plan.
 *
 * arguments  as commander writes them: "<input>", "[input...]"
 * run        returns the exit code; failures are thrown
 */
export type Verb<O extends Options = Options> = {
  name: string;
  arguments: string;
  summary(medium: Medium): string;
  /** Arguments of an example, shown under the help. */
  example(medium: Medium): string;
  options(medium: Medium): O;
  run(context: Context, inputs: string[], options: Values<O>): Promise<number>;
};

/** A verb whose run sees its own options with their types. */
export function verb<O extends Options>(definition: Verb<O>): Verb<O> {
  return definition;
}

/** The option of every verb that prints a result. */
export const jsonOption: Option<true> = toggle("--json", "print one JSON object and nothing else");

/** The option of every verb that opens a model. */
export const modelOption: Option<string> = text(
  "-m, --model <name>",
  "name of an installed model, or a model's folder",
);

/** The option of every verb that writes a file. */
export const forceOption: Option<true> = toggle("-f, --force", "replace files that are already there");

/** Prints a verb's result: one JSON object, or lines for a person. */
export async function report(
  { io, screen }: Context,
  json: boolean | undefined,
  object: object,
  lines: string,
): Promise<void> {
  screen.clear();
  await io.stdout.write(`${json ? JSON.stringify(object) : lines}\n`);
}

/** The surroundings of one piece of work, whose warnings are told at once and kept for JSON. */
export function taskOf({ screen, interrupt }: Context, name = ""): Task & { warnings: string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    signal: interrupt.signal,
    progress: (label, done, total) => screen.progress(name ? `${name}  ${label}` : label, done, total),
    warn(sentence) {
      warnings.push(sentence);
      screen.note("warning", name && !sentence.includes(name) ? `${name}: ${sentence}` : sentence);
    },
  };
}
