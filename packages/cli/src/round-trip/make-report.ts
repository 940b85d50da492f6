import { mkdir, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { isNacreError, NacreError, naming } from "@nacre/errors";
import {
  createReportBuilder,
  madeNow,
  type ReportBuilder,
  type RoundTripReport,
  type RoundTrips,
  type Trip,
  type TripRequest,
} from "@nacre/report";
import { planLanes, runBatch } from "../batch.js";
import { findInputs, type Input } from "../inputs.js";
import { createModels, type Models } from "../models.js";
import type { Context } from "../verb.js";
import { type FileStamp, openPartial, type Partial } from "./partial.js";
import { placeMedia } from "./place-media.js";
import { timeLeft } from "./time-left.js";

/** How a report is asked for. `against`: names of baselines; all by default */
export type ReportRequest = {
  inputs: readonly string[];
  out: string;
  model: string;
  against?: readonly string[];
  rates?: readonly number[];
  jobs?: number;
  resume: boolean;
  force: boolean;
};

/**
 * A finished or interrupted report, with media.
 *
 * settled  to be called when it is written: until then the trips are kept, those of an interrupted one beyond
 */
export type MadeReport = { report: RoundTripReport; failed: number; settled(): Promise<void> };

/**
 * Takes files through a model and baselines, several at once, and makes the report. Each trip is kept as soon as it is
 * done, so that an interrupted report can be gone on with; a bad file is a row with its sentence.
 *
 * throws  NacreError "usage" for a pipe, a name that stands twice or a baseline that there is not, "model", and as
 *         openPartial
 */
export async function makeReport(context: Context, asked: ReportRequest): Promise<MadeReport> {
  const found = await findInputs(asked.inputs, context.medium.extensions, context.io);
  const inputs = named(found.inputs, asked.out);
  const models = createModels(context.medium);
  try {
    const trips = await tripsOf(context, models, asked.model);
    const contenders = await trips.contenders(checkedBaselines(asked.against, trips));
    const request = requestOf(contenders, asked.rates);
    const builder = createReportBuilder(trips);
    for (const { name, error } of found.missing) tell(context, builder, name, error);
    const { finished, settled } = await takeAll(context, asked, { trips, inputs, request, builder });
    const order = [...inputs.keys(), ...found.missing.map(({ name }) => name)];
    const made = madeNow(context.command, versionsOf(context), [
      { id: trips.model.id, decodeHash: trips.model.decodeHash },
    ]);
    const unfinished = inputs.size - finished;
    const plain = builder.report({ made, contenders, unfinished }, order);
    const failed = plain.files.filter((file) => file.failed).length;
    if (context.interrupt.signal.aborted) return { report: interrupted(plain), failed, settled };
    const onFile = (done: number, total: number) => {
      context.screen.progress(`media of ${done + 1} of ${total} files`, done, total);
      return !context.interrupt.signal.aborted;
    };
    const report = await placeMedia(plain, { out: asked.out, inputs, trips, request, onFile });
    return { report: context.interrupt.signal.aborted ? interrupted(report) : report, failed, settled };
  } finally {
    await models.close();
  }
}

/** Where unfinished work is kept. */
export function partialPath(out: string): string {
  return join(out, "partial.jsonl");
}

async function tripsOf({ medium }: Context, models: Models, model: string): Promise<RoundTrips> {
  const { roundTrips } = await models.open(model);
  if (roundTrips) return roundTrips;
  throw new NacreError("usage", {
    found: `a report of ${medium.nouns}`,
    expected: "one of sounds or pictures",
  });
}

type Work = {
  trips: RoundTrips;
  inputs: ReadonlyMap<string, Input>;
  request: TripRequest;
  builder: ReportBuilder;
};

/** Takes what was not taken before; `finished` files were done, now or before. */
async function takeAll(
  context: Context,
  asked: ReportRequest,
  work: Work,
): Promise<{ finished: number } & Pick<MadeReport, "settled">> {
  const { trips, inputs, request, builder } = work;
  await naming(asked.out, mkdir(asked.out, { recursive: true }));
  const head = {
    ...{ schema: "nacre.round-trip-partial/1" as const, model: trips.model.id },
    ...{ decodeHash: trips.model.decodeHash, against: request.against, rates: request.rates ?? null },
  };
  const partial = await openPartial(partialPath(asked.out), head, asked);
  try {
    const known = await unchanged(partial, inputs);
    for await (const trip of partial.trips()) if (known.has(trip.file.name)) builder.add(trip);
    const left = [...inputs.values()].filter(({ source }) => !known.has(source.name));
    const done = await takeLeft(context, asked, work, partial, left);
    const settled = async () => {
      if (!context.interrupt.signal.aborted) await partial.remove();
    };
    return { finished: known.size + done, settled };
  } finally {
    await partial.close();
  }
}

async function takeLeft(
  context: Context,
  { model, jobs: wanted }: ReportRequest,
  { request, builder }: Work,
  partial: Partial,
  left: readonly Input[],
): Promise<number> {
  if (left.length === 0) return 0;
  const { jobs, threads } = planLanes(left.length, wanted);
  const clock = timeLeft();
  let done = 0;
  const lane = () => {
    const models = createModels(context.medium, threads);
    return {
      close: models.close,
      async work({ source }: Input): Promise<{ trip: Trip; stamp: FileStamp }> {
        const trips = await tripsOf(context, models, model);
        const stamp = await stampOf(source.path!);
        return { trip: await trips.take(source, request), stamp };
      },
    };
  };
  await runBatch(left, jobs, lane, {
    signal: context.interrupt.signal,
    async onDone({ item, result, error }) {
      if (error) tell(context, builder, item.source.name, error);
      else {
        await partial.append(result.trip, result.stamp);
        builder.add(result.trip);
      }
      done++;
      const words = `${done} of ${left.length} files${clock(done, left.length)}`;
      context.screen.progress(words, done, left.length);
    },
  });
  return done;
}

function tell({ screen }: Context, builder: ReportBuilder, name: string, error: Error): void {
  const { message } = error;
  const code = isNacreError(error) ? error.code : "io";
  builder.fail(name, { code, sentence: message });
  screen.note("error", message.includes(name) ? message : `${name}: ${message}`);
}

/** Files by name, without those that a report wrote. */
function named(inputs: readonly Input[], out: string): Map<string, Input> {
  const below = `${resolve(out)}${sep}`;
  const byName = new Map<string, Input>();
  for (const input of inputs) {
    const { name, path } = input.source;
    if (path === undefined) {
      const parts = { found: `${name}, a pipe`, expected: "files, which can be read again" };
      throw new NacreError("usage", parts);
    }
    if (!resolve(path).startsWith(below)) byName.set(name, input);
  }
  return byName;
}

async function unchanged(
  { taken }: Partial,
  inputs: ReadonlyMap<string, Input>,
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const [name, was] of taken) {
    const path = inputs.get(name)?.source.path;
    const is = path === undefined ? undefined : await stampOf(path).catch(() => undefined);
    if (is?.size === was.size && is.modified === was.modified) names.add(name);
  }
  return names;
}

async function stampOf(path: string): Promise<FileStamp> {
  const { size, mtimeMs } = await naming(path, stat(path));
  return { size, modified: mtimeMs };
}

function checkedBaselines(
  against: readonly string[] | undefined,
  { baselines }: RoundTrips,
): readonly string[] {
  const unknown = against?.find((name) => !baselines.includes(name));
  if (unknown === undefined) return against ? [...new Set(against)] : baselines;
  throw new NacreError("usage", {
    found: `--against ${unknown}`,
    expected: `some of ${baselines.join(", ")}, or none`,
  });
}

function requestOf(
  contenders: RoundTripReport["contenders"],
  rates: readonly number[] | undefined,
): TripRequest {
  const present = contenders.filter(({ kind, absent }) => kind === "baseline" && absent === undefined);
  return { against: present.map(({ name }) => name), ...(rates ? { rates } : {}) };
}

function versionsOf({ medium }: Context): Record<string, string> {
  return { [medium.program]: medium.version, node: process.versions.node };
}

function interrupted(report: RoundTripReport): RoundTripReport {
  return {
    ...report,
    mediaNote: "The work was interrupted, so media are not complete; --resume goes on with it.",
  };
}
