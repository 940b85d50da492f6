import { NacreError } from "@nacre/errors";
import { type CorpusWriter, openCorpus, readCorpusIndex } from "@nacre/training";
import type { PackedSource } from "./pack.js";
import type { Source } from "./source.js";

/** A packed corpus, and which sources are taken over from it. */
export type Reuse = { folder: string; sources: readonly Source[] };

/** Those of the sources that a packed corpus has, to be taken over, and the others, to be fetched. */
export async function divideSources(
  sources: readonly Source[],
  folder: string | undefined,
  sampleRate: number,
): Promise<{ packed: Source[]; missing: Source[] }> {
  if (folder === undefined) return { packed: [], missing: [...sources] };
  const index = await readCorpusIndex(folder);
  if (index.sampleRate !== sampleRate) {
    throw new NacreError("option", {
      found: `${folder} at ${index.sampleRate} Hz to be taken over`,
      expected: `${sampleRate} Hz, the rate that is packed`,
    });
  }
  const names = new Set(index.clips.map(({ source }) => source));
  const has = ({ name }: Source) => names.has(name);
  return { packed: sources.filter(has), missing: sources.filter((source) => !has(source)) };
}

/** Copies the clips of one source as they are; kind and split are what the source says now. */
export async function copyClips(writer: CorpusWriter, folder: string, source: Source): Promise<PackedSource> {
  const { sampleRate, clips } = await readCorpusIndex(folder);
  const corpus = await openCorpus(folder);
  const result: PackedSource = { name: source.name, clips: 0, seconds: 0, held: 0, failed: [] };
  for (const clip of clips.filter((each) => each.source === source.name)) {
    const { start: _, length, ...known } = clip;
    const samples = new Float32Array(length);
    corpus.read(clip, 0, samples);
    const held = source.held(clip.speaker);
    await writer.add(samples, { ...known, kind: source.kind, split: held ? "validation" : "train" });
    result.clips++;
    result.seconds += length / sampleRate;
    if (held) result.held += length / sampleRate;
  }
  corpus.close();
  return result;
}
