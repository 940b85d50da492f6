import { closeSync, openSync, readSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { z } from "zod";
import { type ClipKind, clipKinds, nothingToTrainOn } from "./corpus-writer.js";

/**
 * Packed training sound: `audio.s16`, mono 16-bit little-endian clips one after another, and
 * `index.json`. tools/corpora makes it; `train <folder>` makes one of a user's own files.
 */
const indexSchema = z.object({
  format: z.literal(1),
  sampleRate: z.int().positive(),
  clips: z.array(
    z.object({
      /** Position and length in samples. */
      start: z.int().nonnegative(),
      length: z.int().positive(),
      source: z.string(),
      path: z.string(),
      speaker: z.string(),
      licence: z.string(),
      split: z.enum(["train", "validation"]),
      kind: z.enum(clipKinds).optional(),
    }),
  ),
});

/** One clip of a packed corpus; who speaks, where that is known. */
export type Clip = { start: number; length: number; speaker?: string };

/** What a corpus took from one source under one licence, in its training part. */
export type CorpusSource = { source: string; licence: string; clips: number; hours: number };

/** Which clips of a packed corpus are used: all that have one of the sources and one of the kinds. */
export type CorpusChoice = { sources?: readonly string[]; kinds?: readonly ClipKind[] };

/** An open corpus; close it to give its file back. */
export type Corpus = {
  sampleRate: number;
  train: Clip[];
  validation: Clip[];
  /** Where the training part comes from. */
  sources: CorpusSource[];
  /** Where a packed corpus lies, so that a thread can open it too; absent for one in memory. */
  folder?: string;
  /** What was chosen of it, for that thread; absent when all of it is used. */
  choice?: CorpusChoice;
  /** Reads samples -1 .. 1 of a clip from `offset` on; zeros beyond its end. */
  read(clip: Clip, offset: number, into: Float32Array): void;
  close(): void;
};

/**
 * Opens a packed corpus, or the part of it that is chosen.
 * throws NacreError "io" when it is absent, "media" when it is damaged or has no clip to train on,
 *        "option" when a chosen source or kind is not in it
 */
export async function openCorpus(folder: string, choice: CorpusChoice = {}): Promise<Corpus> {
  const { sampleRate, clips: all } = await readCorpusIndex(folder);
  const clips = chosen(all, choice);
  if (!clips.some(({ split }) => split === "train")) throw nothingToTrainOn();
  const path = join(folder, "audio.s16");
  await checkSize(
    path,
    all.reduce((most, { start, length }) => Math.max(most, (start + length) * 2), 0),
  );
  const file = openSync(path, "r");
  let bytes = Buffer.alloc(0);
  return {
    sampleRate,
    folder,
    choice,
    train: clips.filter(({ split }) => split === "train"),
    validation: clips.filter(({ split }) => split === "validation"),
    sources: sourcesOf(clips, sampleRate),
    read(clip, offset, into) {
      const count = Math.max(0, Math.min(into.length, clip.length - offset));
      if (bytes.length < count * 2) bytes = Buffer.alloc(count * 2);
      const found = count > 0 ? readSync(file, bytes, 0, count * 2, (clip.start + offset) * 2) : 0;
      if (found !== count * 2) throw cutShort(path, found, count * 2);
      for (let i = 0; i < count; i++) into[i] = bytes.readInt16LE(i * 2) / 32768;
      into.fill(0, count);
    },
    close: () => closeSync(file),
  };
}

type Index = z.infer<typeof indexSchema>;

/** What a packed corpus holds, clip by clip. throws NacreError "io" when it is absent, "media" when it is damaged */
export async function readCorpusIndex(folder: string): Promise<Index> {
  const parsed = indexSchema.safeParse(await readJson(join(folder, "index.json")));
  if (!parsed.success) {
    throw new NacreError("media", {
      found: `${join(folder, "index.json")}: ${z.prettifyError(parsed.error)}`,
      expected: "the index of a packed corpus",
      mend: "pack the corpus again",
    });
  }
  return parsed.data;
}

function chosen(clips: Index["clips"], { sources, kinds }: CorpusChoice): Index["clips"] {
  expectAll("source", sources, new Set(clips.map(({ source }) => source)));
  expectAll("kind", kinds, new Set(clips.flatMap(({ kind }) => kind ?? [])));
  return clips.filter(
    ({ source, kind }) =>
      (sources?.includes(source) ?? true) &&
      (kinds === undefined || (kind !== undefined && kinds.includes(kind))),
  );
}

function expectAll(what: string, wanted: readonly string[] = [], found: ReadonlySet<string>): void {
  const missing = wanted.find((name) => !found.has(name));
  if (missing === undefined) return;
  throw new NacreError("option", {
    found: `${what} "${missing}"`,
    expected: `one that the corpus has: ${[...found].join(", ") || "it states none"}`,
  });
}

function sourcesOf(clips: Index["clips"], sampleRate: number): CorpusSource[] {
  const found = new Map<string, CorpusSource>();
  for (const { source, licence, length, split } of clips) {
    if (split !== "train") continue;
    const key = `${source}\n${licence}`;
    const known = found.get(key) ?? { source, licence, clips: 0, hours: 0 };
    known.clips++;
    known.hours += length / sampleRate / 3600;
    found.set(key, known);
  }
  return [...found.values()].map((each) => ({ ...each, hours: Number(each.hours.toFixed(3)) }));
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new NacreError(
      "io",
      { found: `${path} cannot be read`, expected: "a packed corpus", mend: "pack it first" },
      { cause },
    );
  }
}

function cutShort(path: string, found: number, expected: number): NacreError {
  return new NacreError("io", {
    found: `${found} bytes of a clip in ${path}`,
    expected: `${expected}`,
    mend: "pack the corpus again; the file was cut while it was in use",
  });
}

async function checkSize(path: string, needed: number): Promise<void> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new NacreError(
      "io",
      { found: `${path} cannot be opened`, mend: "pack the corpus again" },
      { cause },
    );
  });
  const { size } = await file.stat();
  await file.close();
  if (size < needed) {
    throw new NacreError("media", {
      found: `${path} of ${size} bytes`,
      expected: `${needed} bytes`,
      mend: "pack again",
    });
  }
}
