import { parse } from "node:path";
import { isNacreError, NacreError } from "@nacre/errors";
import { type Fact, factLine, factObject } from "./facts.js";
import type { Task, Work } from "./medium.js";
import type { Models } from "./models.js";
import { isNumbered, numberedOutput } from "./numbered-output.js";
import { count, text, type Values } from "./options.js";
import { type Output, type OutputOptions, openOutput, pipeOutput } from "./output.js";
import { label, type Source } from "./source.js";
import { type Context, forceOption, jsonOption } from "./verb.js";

/** The options of every verb that makes one file out of another. */
export const convertOptions = {
  out: text("-o, --out <file>", 'name of the result; "-" is the standard output', { conflicts: ["outDir"] }),
  outDir: text("-d, --out-dir <folder>", "folder for the results of several inputs or of a folder"),
  jobs: count("-j, --jobs <n>", "how many files at once; as many as there are cores by default"),
  force: forceOption,
  json: jsonOption,
};

/** What the user gave of them. */
export type ConvertValues = Values<typeof convertOptions>;

/**
 * A verb that makes one file out of another.
 *
 * extensions  of inputs, for searching folders
 * ending      of results, with its dot
 * model       opened before anything else, so that a wrong name fails once and not for every file
 * folders     true where a folder is one input
 * work        does one of them
 */
export type Conversion = {
  extensions: readonly string[];
  ending: string;
  model?: string;
  folders?: boolean;
  work(source: Source, models: Models, task: Task): Promise<Work>;
};

/** One result and what there is to tell of it. */
export type Converted = { input: string; output: string; facts: Fact[]; warnings: string[] };

/** One input on its way to one result. */
export type Conveyance = {
  source: Source;
  target: string;
  options: ConvertValues;
  conversion: Conversion;
  models: Models;
  task: Task & { warnings: string[] };
};

/** Converts one input; on failure nothing is left behind, and the sentence names the input. */
export async function convertOne(context: Context, conveyance: Conveyance): Promise<Converted> {
  const { source, target, options, conversion, models, task } = conveyance;
  const settings = {
    force: options.force === true,
    inputs: source.path === undefined ? [] : [source.path],
    temporaries: context.interrupt.temporaries,
  };
  const output = target === "-" ? pipeOutput(context.io) : await outputTo(target, settings);
  try {
    if (conversion.model !== undefined) await models.open(conversion.model);
    const work = await conversion.work(source, models, task);
    let bytes = 0;
    for await (const piece of work.pieces) {
      await output.write(piece);
      bytes += piece.length;
    }
    const start = await work.start?.();
    if (start) await output.rewriteStart(start);
    const facts = work.facts(bytes);
    await output.keep();
    const failure = work.failure?.();
    if (failure)
      throw new NacreError(failure.code, `${failure.message}; kept so far: ${target}, ${factLine(facts)}`);
    return { input: source.name, output: target, facts, warnings: task.warnings };
  } catch (error) {
    await output.drop();
    throw namingSource(error, source);
  }
}

function outputTo(target: string, settings: OutputOptions): Promise<Output> {
  return isNumbered(target) ? numberedOutput(target, settings) : openOutput(target, settings);
}

/** A result as JSON. */
export function convertedObject({ input, output, facts, warnings }: Converted): object {
  return { input, output, ...factObject(facts), warnings };
}

/** The name of a result: the input's with another ending. */
export function withEnding(path: string, ending: string): string {
  const { dir, name } = parse(path);
  return dir === "" ? `${name}${ending}` : `${dir === "/" ? "" : dir}/${name}${ending}`;
}

// Sentences of rooms that see samples and not files do not name the file.
function namingSource(error: unknown, source: Source): unknown {
  const name = label(source);
  if (!isNacreError(error) || error.code === "usage" || error.message.includes(name)) return error;
  if (error.code === "model" || error.code === "io" || error.code === "exists") return error;
  return new NacreError(error.code, `${name}: ${error.message}`, { cause: error });
}
