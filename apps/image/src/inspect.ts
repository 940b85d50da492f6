import { type Inspection, type Source, sniff, type Task } from "@nacre/cli";
import { readPicture } from "@nacre/media/pictures";
import { layerTable, NacreError, type Picture, type PictureNacre } from "@nacre/nacre";

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
  const report = await pictures.layers(file ?? original!, {
    ...(original ? { original } : {}),
    progress: (done, total) => stepDone(task, done, total),
  });
  if (page) throw withoutPage();
  return { report, table: layerTable(report) };
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

function withoutPage(): NacreError {
  return new NacreError("option", {
    found: "a page of a picture's layers",
    expected: "the table alone, as this release draws no such page",
    mend: "leave --page away",
  });
}
