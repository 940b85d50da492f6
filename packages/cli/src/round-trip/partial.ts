import { createReadStream } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { NacreError, naming, systemCode } from "@nacre/errors";
import { type Trip, tripSchema } from "@nacre/report";

/** What all trips of an unfinished report have in common; only a run that asks for the same can go on with it. */
export type PartialHead = {
  schema: "nacre.round-trip-partial/1";
  model: string;
  decodeHash: string;
  against: readonly string[];
  rates: readonly number[] | null;
};

/** A file as it was when it was taken: a changed one is taken again. */
export type FileStamp = { size: number; modified: number };

/**
 * The file in which trips are kept while a report is made: a line of JSON each.
 *
 * taken   of files that were taken before, by name, as they were
 * trips   those trips, one at a time
 * append  keeps one more; lines are written one after the other, whoever asks
 */
export type Partial = {
  taken: ReadonlyMap<string, FileStamp>;
  trips(): AsyncIterable<Trip>;
  append(trip: Trip, stamp: FileStamp): Promise<void>;
  close(): Promise<void>;
  remove(): Promise<void>;
};

type Line = { stamp: FileStamp; trip: Trip };

/**
 * Opens it, empty, or with `resume` as it was left; a last line that was cut is dropped.
 *
 * throws  NacreError "exists" when it is there and neither resume nor force is set, "option" when it is of another
 *         model or of other options, "io" when it is damaged or the disk refuses
 */
export async function openPartial(
  path: string,
  head: PartialHead,
  { resume, force }: { resume: boolean; force: boolean },
): Promise<Partial> {
  const there = await isThere(path);
  if (there && !resume && !force) throw alreadyBegun(path);
  const goesOn = there && resume;
  const before = goesOn ? await scan(path, head) : undefined;
  const handle = await naming(path, open(path, "a"));
  await naming(path, handle.truncate(before?.length ?? 0));
  if (!before) await writeLine(handle, path, head);
  let last: Promise<void> = Promise.resolve();
  return {
    taken: before?.taken ?? new Map(),
    trips: () => (before ? tripsOf(path, before) : none()),
    append(trip, stamp) {
      last = last.then(() => writeLine(handle, path, { stamp, trip } satisfies Line));
      return last;
    },
    close: () => handle.close(),
    remove: () => naming(path, rm(path, { force: true })),
  };
}

async function writeLine(handle: FileHandle, path: string, value: object): Promise<void> {
  // Whoever reads lines takes these two for ends of lines as well.
  const text = JSON.stringify(value).replace(
    /[\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16)}`,
  );
  await naming(path, handle.appendFile(`${text}\n`));
}

/** Whole lines: which files they are of, where the last of each begins in count, and where they end in bytes. */
type Scan = { taken: Map<string, FileStamp>; lines: Map<string, number>; length: number };

async function scan(path: string, head: PartialHead): Promise<Scan> {
  const found: Scan = { taken: new Map(), lines: new Map(), length: 0 };
  let count = 0;
  for await (const { text, end } of wholeLines(path)) {
    if (count === 0) checkHead(path, text, head);
    else {
      const { stamp, trip } = parsed(path, text, count);
      found.taken.set(trip.file.name, stamp);
      found.lines.set(trip.file.name, count);
    }
    found.length = end;
    count++;
  }
  if (count === 0) throw damaged(path, "holds no whole line");
  return found;
}

async function* tripsOf(path: string, { lines, length }: Scan): AsyncGenerator<Trip> {
  let count = 0;
  for await (const { text, end } of wholeLines(path)) {
    if (end > length) return;
    if (count > 0) {
      const { trip } = parsed(path, text, count);
      if (lines.get(trip.file.name) === count) yield trip;
    }
    count++;
  }
}

/** Lines that end in a line feed, with the byte behind it. */
async function* wholeLines(path: string): AsyncGenerator<{ text: string; end: number }> {
  const { size } = await naming(path, stat(path));
  let end = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: 0 })) {
    end += Buffer.byteLength(text) + 1;
    // A last line without its line feed was cut while it was written.
    if (end <= size) yield { text, end };
  }
}

function checkHead(path: string, text: string, head: PartialHead): void {
  if (text === JSON.stringify(head)) return;
  throw new NacreError("option", {
    found: `${path} was begun with another model or other options: ${text.slice(0, 200)}`,
    expected: JSON.stringify(head),
    mend: "ask for the same with --resume, or begin anew with --force",
  });
}

function parsed(path: string, text: string, line: number): Line {
  try {
    const { stamp, trip } = JSON.parse(text) as Line;
    return { stamp, trip: tripSchema.parse(trip) };
  } catch (cause) {
    throw damaged(path, `is damaged in line ${line + 1}`, cause);
  }
}

function damaged(path: string, what: string, cause?: unknown): NacreError {
  return new NacreError("io", { found: `${path} ${what}`, mend: "begin anew with --force" }, { cause });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

function alreadyBegun(path: string): NacreError {
  return new NacreError("exists", {
    found: `${path}, an unfinished report`,
    mend: "go on with it by --resume, or begin anew with --force",
  });
}

async function* none(): AsyncGenerator<Trip> {}
