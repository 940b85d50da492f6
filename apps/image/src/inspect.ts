import { type Inspection, type InspectRequest, type Source, sniff, type Task } from "@nacre/cli";
import { readPicture } from "@nacre/media/pictures";
import {
  type BitMap,
  inspectionTable,
  NacreError,
  type Picture,
  type PictureNacre,
  readStream,
} from "@nacre/nacre";
import { picturePage } from "@nacre/report";

/** What each layer of a picture or a .nacre file does, as JSON, table and page. */
export async function inspectPicture(
  pictures: PictureNacre,
  source: Source,
  { original: measured, measures, against, page }: InspectRequest,
  task: Task,
): Promise<Inspection> {
  const { file, signal } = await sniff(source);
  if (signal && measured) throw originalOfPicture();
  const original = signal ? await readSource(signal) : measured && (await readSource(measured));
  const prefixes: { layers: number; picture: Picture }[] = [];
  let maps: readonly BitMap[] = [];
  const report = await pictures.layers(file ?? original!, {
    ...(original ? { original } : {}),
    ...(page ? { onDecoded: (layers, picture) => void prefixes.push({ layers, picture }) } : {}),
    onMaps: (found) => {
      maps = found;
    },
    ...(measures && { measures }),
    ...(against && { against: await codesOfEither(pictures, against) }),
    progress: (done, total, measure) => stepDone(task, done, total, measure),
  });
  const inspection = { report, table: inspectionTable(report, measures) };
  if (!page) return inspection;
  if (file && !original) prefixes.push(...(await decodePrefixes(pictures, file, task)));
  const html = await picturePage(report, {
    ...page,
    ...{ prefixes, maps },
    versions: { model: report.model, node: process.versions.node },
    ...(original ? { original } : {}),
  });
  return { ...inspection, page: html };
}

// Without an original nothing is decoded to be measured, so a page decodes for itself.
async function decodePrefixes(pictures: PictureNacre, file: Uint8Array, task: Task) {
  const count = readStream(file).header.layers.filter(({ role }) => role === "content").length;
  const prefixes: { layers: number; picture: Picture }[] = [];
  for (let layers = 1; layers <= count; layers++) {
    prefixes.push({ layers, picture: await pictures.decode(file, { layers }) });
    stepDone(task, layers, count);
  }
  return prefixes;
}

/** Codes of a picture as it would be encoded, or those of a .nacre file. */
async function codesOfEither(pictures: PictureNacre, source: Source) {
  const { file, signal } = await sniff(source);
  return pictures.codes(file ?? (await pictures.encode(await readSource(signal))));
}

function readSource(source: Source): Promise<Picture> {
  return readPicture(source.path ?? source.bytes());
}

function stepDone(task: Task, done: number, total: number, measure?: string): void {
  const label = measure === undefined ? `${done} of ${total} layers` : `${measure}: ${done} of ${total}`;
  if (task.signal.aborted) throw new NacreError("cancelled", `stopped after ${label}`);
  task.progress(label, done, total);
}

function originalOfPicture(): NacreError {
  return new NacreError("usage", {
    found: "--original beside an input that is a picture itself",
    mend: "leave --original away, or name a .nacre file to inspect",
  });
}
