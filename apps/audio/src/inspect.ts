import { type Inspection, type InspectRequest, type Source, sniff, type Task } from "@nacre/cli";
import { type Audio, inspectionTable, type Nacre, NacreError, readAudio, readStream } from "@nacre/nacre";
import { reportPage } from "@nacre/report";

/** Bytes of a page above which a browser gets slow. */
const largePage = 100e6;

/** What each layer of a sound or a .nacre file does, as JSON, table and page. */
export async function inspectSound(
  nacre: Nacre,
  source: Source,
  { original: measured, measures, against, page }: InspectRequest,
  task: Task,
): Promise<Inspection> {
  const { file, signal } = await sniff(source);
  if (signal && measured) throw originalOfSound();
  const original = signal ? await readSound(signal) : measured && (await readSound(measured));
  const prefixes: { layers: number; audio: Audio }[] = [];
  const keep = (layers: number, audio: Audio) => void prefixes.push({ layers, audio });
  const report = await nacre.layers(file ?? original!, {
    ...(original ? { original } : {}),
    ...(page ? { onDecoded: keep } : {}),
    ...(measures && { measures }),
    ...(against && { against: await readEither(against) }),
    progress: (done, total, measure) => stepDone(task, done, total, measure),
  });
  const inspection = { report, table: inspectionTable(report, measures) };
  if (!page) return inspection;
  if (file && !original) prefixes.push(...(await decodePrefixes(nacre, file, task)));
  warnOfSize(prefixes, task);
  const html = reportPage(report, {
    ...page,
    prefixes,
    versions: { model: report.model, node: process.versions.node },
    ...(original ? { original } : {}),
  });
  return { ...inspection, page: html };
}

/** A sound, or a .nacre file as it is. */
async function readEither(source: Source): Promise<Audio | Uint8Array> {
  const { file, signal } = await sniff(source);
  return file ?? readSound(signal);
}

function readSound(source: Source): Promise<Audio> {
  return readAudio(source.path ?? source.bytes());
}

// Without an original nothing is decoded to be measured, so a page decodes for itself.
async function decodePrefixes(nacre: Nacre, file: Uint8Array, task: Task) {
  const count = readStream(file).header.layers.filter(({ role }) => role === "content").length;
  const prefixes: { layers: number; audio: Audio }[] = [];
  for (let layers = nacre.model.prefixes ? 1 : count; layers <= count; layers++) {
    prefixes.push({ layers, audio: await nacre.decode(file, { layers }) });
    stepDone(task, layers, count);
  }
  return prefixes;
}

function stepDone(task: Task, done: number, total: number, measure?: string): void {
  const label = measure === undefined ? `${done} of ${total} layers` : `${measure}: ${done} of ${total}`;
  if (task.signal.aborted) throw new NacreError("cancelled", `stopped after ${label}`);
  task.progress(label, done, total);
}

function warnOfSize(prefixes: readonly { audio: Audio }[], task: Task): void {
  const samples = prefixes.reduce(
    (sum, { audio: { channels } }) => sum + channels.length * channels[0]!.length,
    0,
  );
  const bytes = 2.7 * samples;
  if (bytes > largePage)
    task.warn(`the page holds every version of the sound and has about ${Math.round(bytes / 1e6)} MB`);
}

function originalOfSound(): NacreError {
  return new NacreError("usage", {
    found: "--original beside an input that is a sound itself",
    mend: "leave --original away, or name a .nacre file to inspect",
  });
}
