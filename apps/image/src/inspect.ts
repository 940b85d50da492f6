import { type Inspection, type Source, sniff, type Task } from "@nacre/cli";
import { readPicture } from "@nacre/media/pictures";
import {
  type BitMap,
  layerTable,
  NacreError,
  type Picture,
  type PictureNacre,
  readStream,
} from "@nacre/nacre";
import { picturePage } from "@nacre/report";

/** What inspection was asked for. */
export type InspectRequest = { original?: Source; page?: { title: string; command: string } };

/** What each layer of a picture or a .nacre file does, as JSON, table and page. */
export async function inspectPicture(
  pictures: PictureNacre,
  source: Source,
  { original: measured, page }: InspectRequest,
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
    progress: (done, total) => stepDone(task, done, total),
  });
  const inspection = { report, table: layerTable(report) };
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

function readSource(source: Source): Promise<Picture> {
  return readPicture(source.path ?? source.bytes());
}

function stepDone(task: Task, done: number, total: number): void {
  if (task.signal.aborted) throw new NacreError("cancelled", `stopped after ${done} of ${total} layers`);
  task.progress(`${done} of ${total} layers`, done, total);
}

function originalOfPicture(): NacreError {
  return new NacreError("usage", {
    found: "--original beside an input that is a picture itself",
    mend: "leave --original away, or name a .nacre file to inspect",
  });
}
