import { NacreError } from "@nacre/errors";
import { type Clip, type Corpus, randomFor } from "@nacre/training";

/** Sounds of speakers that are never trained on, all of one length, one after another. */
export type HeldSounds = { items: number; samples: number; audio: Float32Array; speakers: number };

/**
 * Draws crops of a corpus' validation part from its seed, speakers taking turns, so that one who said much
 * does not outweigh the others. Clips shorter than a crop are left out.
 *
 * throws  NacreError "media" when no clip is long enough
 */
export function heldSounds(
  corpus: Corpus,
  { items, samples, seed }: { items: number; samples: number; seed: number },
): HeldSounds {
  const voices = voicesOf(corpus.validation.filter(({ length }) => length >= samples));
  if (voices.length === 0) {
    throw new NacreError("media", {
      found: `a corpus whose validation part has no clip of ${samples} samples`,
      expected: "held speakers with longer clips",
      mend: "pack a corpus with a validation part",
    });
  }
  const random = randomFor(seed, 5);
  const audio = new Float32Array(items * samples);
  for (let item = 0; item < items; item++) {
    const clips = voices[item % voices.length]!;
    const clip = clips[Math.floor(random() * clips.length)]!;
    const offset = Math.floor(random() * (clip.length - samples + 1));
    corpus.read(clip, offset, audio.subarray(item * samples, (item + 1) * samples));
  }
  return { items, samples, audio, speakers: Math.min(items, voices.length) };
}

/** Clips by speaker, in the order of the corpus; those of nobody known are one voice. */
function voicesOf(clips: readonly Clip[]): Clip[][] {
  const voices = new Map<string | undefined, Clip[]>();
  for (const clip of clips) {
    const known = voices.get(clip.speaker);
    if (known) known.push(clip);
    else voices.set(clip.speaker, [clip]);
  }
  return [...voices.values()];
}
