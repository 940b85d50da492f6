import { codeStatistics } from "@nacre/inspect";
import { open } from "@nacre/nacre";
import { openCorpus } from "@nacre/training";

/** Use of one layer's codebook: share of entries that occur, 2 to the entropy, entropy in bits a code. */
export type CodebookRow = {
  layer: number;
  codes: number;
  usage: number;
  perplexity: number;
  entropyBits: number;
};

/** Codes [layer] of any number of pieces, counted together. */
export function codebooksOf(codes: readonly (readonly Int32Array[])[], entries: number): CodebookRow[] {
  return codes.map((pieces, layer) => {
    const { count, usage, perplexity, entropyBits } = codeStatistics(pieces, entries);
    return { layer: layer + 1, codes: count, usage, perplexity, entropyBits };
  });
}

/**
 * Use of a model's codebooks on the held part of a packed corpus, whose speakers it never heard. Clips are
 * joined to stretches of half a minute.
 *
 * model  name or folder; the default model when absent
 */
export async function measureCodebooks(
  model: string | undefined,
  folder: string,
  onStretch: (done: number, total: number) => void,
) {
  const corpus = await openCorpus(folder);
  const nacre = await open(model);
  const { sampleRate } = corpus;
  const total = corpus.validation.reduce((sum, { length }) => sum + length, 0);
  const codes = Array.from({ length: nacre.model.layers }, (): Int32Array[] => []);
  let done = 0;
  for (const sound of stretches(corpus, 30 * sampleRate)) {
    const found = await nacre.codes({ sampleRate, channels: [sound] });
    for (const [layer, channels] of found.entries()) codes[layer]!.push(...channels.map(({ data }) => data));
    done += sound.length;
    onStretch(done, total);
  }
  corpus.close();
  await nacre.close();
  return {
    model: nacre.model.id,
    clips: corpus.validation.length,
    seconds: total / sampleRate,
    codebooks: codebooksOf(codes, nacre.model.entries),
  };
}

type Held = Pick<Awaited<ReturnType<typeof openCorpus>>, "validation" | "read">;

function* stretches({ validation, read }: Held, atLeast: number): Generator<Float32Array> {
  let clips: Float32Array[] = [];
  let length = 0;
  for (const clip of validation) {
    const samples = new Float32Array(clip.length);
    read(clip, 0, samples);
    clips.push(samples);
    length += samples.length;
    if (length < atLeast) continue;
    yield joined(clips, length);
    [clips, length] = [[], 0];
  }
  if (length > 0) yield joined(clips, length);
}

function joined(clips: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const clip of clips) {
    whole.set(clip, at);
    at += clip.length;
  }
  return whole;
}
