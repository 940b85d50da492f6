import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { z } from "zod";
import { audioName, type ClipKind, clipKinds, nothingToTrainOn } from "./corpus-writer.js";
import { openPackedFile, readPackedIndex } from "./packed-file.js";

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
  const needed = all.reduce((most, { start, length }) => Math.max(most, (start + length) * 2), 0);
  const file = await openPackedFile(join(folder, audioName), needed);
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
      if (count > 0) file.read(bytes, 0, count * 2, (clip.start + offset) * 2);
      for (let i = 0; i < count; i++) into[i] = bytes.readInt16LE(i * 2) / 32768;
      into.fill(0, count);
    },
    close: file.close,
  };
}

type Index = z.infer<typeof indexSchema>;

/** What a packed corpus holds, clip by clip. throws NacreError "io" when it is absent, "media" when it is damaged */
export function readCorpusIndex(folder: string): Promise<Index> {
  return readPackedIndex(folder, indexSchema);
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
