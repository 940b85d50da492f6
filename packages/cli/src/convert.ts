import { NacreError } from "@nacre/errors";
import {
  type Conversion,
  type Converted,
  type ConvertValues,
  convertedObject,
  convertOne,
  withEnding,
} from "./conversion.js";
import { convertMany } from "./convert-many.js";
import { factLine } from "./facts.js";
import { folderSource, isFolder, oneInput } from "./inputs.js";
import { interruptedCode } from "./interrupt.js";
import { createModels } from "./models.js";
import { refuseTerminal } from "./output.js";
import type { Source } from "./source.js";
import { type Context, report, taskOf } from "./verb.js";

/**
 * Carries out a conversion: one input to one file or pipe, or with --out-dir many to many.
 *
 * returns  the exit code
 * throws   NacreError "usage" when inputs and options do not go together; what the work throws
 */
export async function convert(
  context: Context,
  inputs: readonly string[],
  options: ConvertValues,
  conversion: Conversion,
): Promise<number> {
  if (options.outDir !== undefined)
    return convertMany(context, inputs, { ...options, outDir: options.outDir }, conversion);
  const [first = "-", ...more] = inputs;
  const whole = conversion.folders === true && (await isFolder(first));
  if (more.length > 0 || (!whole && (await isFolder(first)))) throw needsFolder(inputs);
  const source = whole ? folderSource(first) : await oneInput(first, context.io);
  const target = options.out ?? defaultTarget(source, conversion.ending);
  if (target === "-") checkStandardOutput(context, options);
  const models = createModels(context.medium);
  try {
    const made = await convertOne(context, {
      source,
      target,
      options,
      conversion,
      models,
      task: taskOf(context),
    });
    await tell(context, options, made);
  } finally {
    await models.close();
  }
  return context.interrupt.signal.aborted ? interruptedCode : 0;
}

async function tell(context: Context, { json }: ConvertValues, made: Converted): Promise<void> {
  const { screen, interrupt, io } = context;
  const stopped = interrupt.signal.aborted;
  const line = `${made.output === "-" ? "" : `${made.output}: `}${factLine(made.facts)}`;
  screen.clear();
  if (stopped) screen.note("note", `interrupted; kept so far: ${line}`);
  const object = { ...convertedObject(made), ...(stopped && { interrupted: true }) };
  // Beside a result on the standard output nothing else may stand there.
  if (made.output === "-") io.stderr.write(stopped ? "" : `${line}\n`);
  else if (json || !stopped) await report(context, json, object, line);
}

function defaultTarget({ path }: Source, ending: string): string {
  // What came through a pipe goes on through one.
  if (path === undefined) return "-";
  const target = withEnding(path, ending);
  if (target !== path) return target;
  throw new NacreError("usage", {
    found: `${path} already ends in ${ending}`,
    mend: "name another input, or the result with -o",
  });
}

function checkStandardOutput({ io }: Context, { json }: ConvertValues): void {
  refuseTerminal(io.stdout.isTerminal);
  if (!json) return;
  throw new NacreError("usage", {
    found: "--json while the result itself goes to the standard output",
    mend: "name a file with -o",
  });
}

function needsFolder(inputs: readonly string[]): NacreError {
  const found = inputs.length > 1 ? `${inputs.length} inputs` : `${inputs[0]} is a folder`;
  return new NacreError("usage", { found, mend: "name a folder for the results with --out-dir" });
}
