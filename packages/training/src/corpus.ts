import { closeSync, openSync, readSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { z } from "zod";
import { nothingToTrainOn } from "./corpus-writer.js";
import { randomFor } from "./random.js";

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
    }),
  ),
});

/** One clip of a packed corpus; who speaks, where that is known. */
export type Clip = { start: number; length: number; speaker?: string };

/** What a corpus took from one source under one licence, in its training part. */
export type CorpusSource = { source: string; licence: string; clips: number; hours: number };

/** An open corpus; close it to give its file back. */
export type Corpus = {
  sampleRate: number;
  train: Clip[];
  validation: Clip[];
  /** Where the training part comes from. */
  sources: CorpusSource[];
  /** Where a packed corpus lies, so that a thread can open it too; absent for one in memory. */
  folder?: string;
  /** Reads samples -1 .. 1 of a clip from `offset` on; zeros beyond its end. */
  read(clip: Clip, offset: number, into: Float32Array): void;
  close(): void;
};

/**
 * Opens a packed corpus.
 * throws NacreError "io" when it is absent, "media" when it is damaged or has no clip to train on
 */
export async function openCorpus(folder: string): Promise<Corpus> {
  const parsed = indexSchema.safeParse(await readJson(join(folder, "index.json")));
  if (!parsed.success) {
    throw new NacreError("media", {
      found: `${join(folder, "index.json")}: ${z.prettifyError(parsed.error)}`,
      expected: "the index of a packed corpus",
      mend: "pack the corpus again",
    });
  }
  const { sampleRate, clips } = parsed.data;
  if (!clips.some(({ split }) => split === "train")) throw nothingToTrainOn();
  const path = join(folder, "audio.s16");
  await checkSize(path, Math.max(0, ...clips.map(({ start, length }) => (start + length) * 2)));
  const file = openSync(path, "r");
  let bytes = Buffer.alloc(0);
  return {
    sampleRate,
    folder,
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

function sourcesOf(clips: z.infer<typeof indexSchema>["clips"], sampleRate: number): CorpusSource[] {
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

/**
 * The batch of a step: random crops, each clip as likely as it is long, with random gain.
 * Depends on seed and step alone, so a resumed run sees what an unbroken one would.
 *
 * into  [batch, samples]
 */
export function drawBatch(
  corpus: Corpus,
  seed: number,
  step: number,
  batch: number,
  into: Float32Array,
): void {
  const samples = into.length / batch;
  const random = randomFor(seed, step, 2);
  const totals = runningLengths(corpus.train);
  for (let item = 0; item < batch; item++) {
    const clip = corpus.train[pick(totals, random())]!;
    const crop = into.subarray(item * samples, (item + 1) * samples);
    const room = clip.length - samples;
    corpus.read(clip, room > 0 ? Math.floor(random() * (room + 1)) : 0, crop);
    vary(crop, random);
  }
}

const totalsOf = new WeakMap<readonly Clip[], Float64Array>();

function runningLengths(clips: readonly Clip[]): Float64Array {
  const known = totalsOf.get(clips);
  if (known) return known;
  let total = 0;
  const totals = Float64Array.from(clips, ({ length }) => (total += length));
  totalsOf.set(clips, totals);
  return totals;
}

function pick(totals: Float64Array, position: number): number {
  const wanted = position * totals.at(-1)!;
  let [low, high] = [0, totals.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (totals[middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

// Peaks between -18 and 0 dB, so that quiet recordings are learned as well as loud ones.
function vary(crop: Float32Array, random: () => number): void {
  const peak = crop.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const wanted = 10 ** ((-18 * random()) / 20);
  const gain = Math.min(wanted / peak, 10);
  for (let i = 0; i < crop.length; i++) crop[i]! *= gain;
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
