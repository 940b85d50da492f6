import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { NacreError, naming } from "@nacre/errors";
import { type Lanes, type Outcome, planLanes, runBatch } from "./batch.js";
import {
  type Conversion,
  type Converted,
  type ConvertValues,
  convertedObject,
  convertOne,
  withEnding,
} from "./conversion.js";
import { factLine } from "./facts.js";
import { type FoundInputs, findInputs, type Input } from "./inputs.js";
import { interruptedCode } from "./interrupt.js";
import { createModels } from "./models.js";
import { type Context, report, taskOf } from "./verb.js";

type Pair = Input & { target: string };
type Options = ConvertValues & { outDir: string };

/**
 * Converts many inputs into a folder, several at once. A bad one is named and the rest is done; an interruption
 * lets the files in work be finished and begins no other.
 *
 * returns  1 when any failed
 * throws   NacreError "usage" when two inputs would become one file, or a result would replace an input
 */
export async function convertMany(
  context: Context,
  arguments_: readonly string[],
  options: Options,
  conversion: Conversion,
): Promise<number> {
  const found = await findInputs(arguments_, conversion.extensions, context.io);
  const pairs = found.inputs.map((input) => ({
    ...input,
    target: join(options.outDir, withEnding(input.relative, conversion.ending)),
  }));
  refuseClashes(pairs);
  for (const { name, error } of found.missing) tellFailure(context, name, error);
  await naming(options.outDir, mkdir(options.outDir, { recursive: true }));
  const lanes = planLanes(pairs.length, options.jobs);
  const outcomes = await convertPairs(context, pairs, lanes, options, conversion);
  return tellSummary(context, options, found, outcomes);
}

async function convertPairs(
  context: Context,
  pairs: readonly Pair[],
  { jobs, threads }: Lanes,
  options: Options,
  conversion: Conversion,
): Promise<Outcome<Pair, Converted>[]> {
  // Opened once beforehand: a wrong name is told once and not for every file.
  if (conversion.model !== undefined) {
    const first = createModels(context.medium, 1);
    await first.open(conversion.model).finally(first.close);
  }
  // Files in work are finished whole when the user interrupts: a short one among whole ones would be a trap.
  const whole = new AbortController().signal;
  let done = 0;
  const lane = () => {
    const models = createModels(context.medium, threads);
    return {
      close: models.close,
      async work({ source, target }: Pair) {
        const task = { ...taskOf(context, source.name), signal: whole, progress: () => undefined };
        await naming(dirname(target), mkdir(dirname(target), { recursive: true }));
        return convertOne(context, { source, target, options, conversion, models, task });
      },
    };
  };
  return runBatch(pairs, jobs, lane, {
    signal: context.interrupt.signal,
    async onDone(outcome) {
      await tellOutcome(context, options, outcome);
      done++;
      context.screen.progress(`${done} of ${pairs.length} files`, done, pairs.length);
    },
  });
}

async function tellOutcome(
  context: Context,
  { json }: Options,
  { item, result, error }: Outcome<Pair, Converted>,
): Promise<void> {
  if (error) tellFailure(context, item.source.name, error);
  else if (!json) await report(context, false, {}, `${result.output}: ${factLine(result.facts)}`);
}

function tellFailure({ screen }: Context, name: string, error: Error): void {
  const { message } = error;
  screen.note("error", message.includes(name) ? message : `${name}: ${message}`);
}

async function tellSummary(
  context: Context,
  { json }: Options,
  { missing, inputs }: FoundInputs,
  outcomes: readonly Outcome<Pair, Converted>[],
): Promise<number> {
  const files = [
    ...outcomes.map(({ item, result, error }) =>
      error ? { input: item.source.name, error: error.message } : convertedObject(result),
    ),
    ...missing.map(({ name, error }) => ({ input: name, error: error.message })),
  ];
  const failed = files.filter((file) => "error" in file).length;
  const done = files.length - failed;
  await report(context, json, { done, failed, files }, `${done} done, ${failed} failed`);
  if (!context.interrupt.signal.aborted) return failed > 0 ? 1 : 0;
  context.screen.note("note", `interrupted; ${inputs.length - outcomes.length} files were not begun`);
  return interruptedCode;
}

function refuseClashes(pairs: readonly Pair[]): void {
  const sources = new Set(
    pairs.flatMap(({ source: { path } }) => (path === undefined ? [] : [resolve(path)])),
  );
  const targets = new Map<string, string>();
  for (const { source, target } of pairs) {
    const place = resolve(target);
    const other = targets.get(place);
    if (other !== undefined) {
      throw new NacreError("usage", {
        found: `${other} and ${source.name} would both become ${target}`,
        mend: "give them different names, or convert them into different folders",
      });
    }
    if (sources.has(place)) {
      throw new NacreError("usage", {
        found: `${target} is one of the files that are read`,
        mend: "name another folder with --out-dir",
      });
    }
    targets.set(place, source.name);
  }
}
