import { assert } from "@nacre/errors";
import { Command, Option as CommanderOption } from "commander";
import type { Medium } from "./medium.js";
import type { Option } from "./options.js";
import type { Verb } from "./verb.js";

/** How a program is told what was asked of it. */
export type Program = {
  /** Called with the verb, its arguments and its options. */
  onVerb(verb: Verb, inputs: string[], options: Record<string, unknown>): Promise<void>;
  /** Text for the standard output (help, version) and for standard error (what was wrong, in one line). */
  writeOut(text: string): void;
  writeError(sentence: string): void;
};

/**
 * A commander program with every verb. It never prints and never ends the process: parsing throws commander's
 * error, with exitCode 0 when help or version was asked for.
 */
export function buildProgram(medium: Medium, verbs: readonly Verb[], program: Program): Command {
  const root = new Command(medium.program)
    // Before any verb is added: verbs take these settings over when they are.
    .exitOverride()
    .configureOutput({
      writeOut: program.writeOut,
      writeErr: program.writeOut,
      outputError: (text) => program.writeError(sentence(text)),
    })
    .description(`Layered neural codec for ${medium.nouns}.`)
    .version(`${medium.program} ${medium.version}`, "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .usage("<verb> [options]")
    .addHelpText("after", `\nExample:\n  $ ${medium.program} ${verbs[0]?.example(medium)}`);
  for (const verb of verbs) addVerb(root, medium, verb, program);
  return root;
}

function addVerb(root: Command, medium: Medium, verb: Verb, { onVerb }: Program): void {
  const command = root
    .command(`${verb.name} ${verb.arguments}`.trim())
    .description(verb.summary(medium))
    .addHelpText("after", `\nExample:\n  $ ${medium.program} ${verb.example(medium)}`)
    .action(() => onVerb(verb, command.args, command.opts()));
  for (const [key, option] of Object.entries(verb.options(medium))) command.addOption(optionOf(key, option));
}

function optionOf(
  key: string,
  { flags, help, parse, conflicts, required }: Option<unknown>,
): CommanderOption {
  const option = new CommanderOption(flags, help).argParser((text) => parse(text));
  assert(option.attributeName() === key, `option "${flags}" is called ${option.attributeName()}, not ${key}`);
  if (conflicts?.length) option.conflicts([...conflicts]);
  if (required) option.makeOptionMandatory();
  return option;
}

// Commander says "error: ...\n(Did you mean ...?)\n"; ours is one line, and the screen adds its own head.
function sentence(text: string): string {
  return text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*\(Did you mean/, " (did you mean");
}
