import { createCorpusWriter } from "@nacre/training";
import { tone } from "./sounds.js";

/** Packs eight short tones, every fourth for validation; answers them as they were given. */
export async function packTones(folder: string): Promise<Float32Array[]> {
  const sounds = Array.from({ length: 8 }, (_, seed) => tone(seed + 1, 6000 + 500 * seed));
  const writer = await createCorpusWriter(folder, 24_000);
  for (const [i, samples] of sounds.entries()) {
    const split = i % 4 === 3 ? ("validation" as const) : ("train" as const);
    await writer.add(samples, { source: "tones", path: `${i}`, speaker: `${i}`, licence: "CC0-1.0", split });
  }
  await writer.finish();
  return sounds;
}
