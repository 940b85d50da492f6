import { deflateSync } from "node:zlib";
import { writeSafetensors } from "@nacre/codec";
import { contextCount, contextsOf } from "./contexts.js";
import { encodeLanes, tableOfCounts } from "./lanes.js";
import { hop, noiseBands, quantizeSound } from "./quantize.js";

/** Clips of one piece: sound of all, one after another, and where each begins and how long it is. */
export type PieceClips = { sound: Float32Array; clips: { start: number; length: number }[] };

const mostLanes = 1024;
const leastFrames = 32;

/**
 * The bytes of a piece: what runner/sound.py decodes with arrays alone.
 *
 * step  of quantization, in roots of full scale
 * seed  of the noise that stands in for zeros
 */
export function encodePiece(
  { sound, clips }: PieceClips,
  { sampleRate, step, seed }: { sampleRate: number; step: number; seed: number },
): Uint8Array {
  const needed = Math.ceil(sound.length / hop) + 1;
  const lanes = Math.max(1, Math.min(mostLanes, Math.floor(needed / leastFrames)));
  const lane = Math.ceil(needed / lanes);
  const { magnitudes, signs, noise } = quantizeSound(sound, lanes * lane, step);
  const contexts = contextsOf(magnitudes, lane);
  const tables = countedTables(magnitudes, contexts);
  const { words, states } = encodeLanes(magnitudes, contexts, tables, lanes);
  const alphabet = tables[0]!.length;
  const about = { sampleRate, hop, frames: lane, step, seed, alphabet };
  return writeSafetensors(
    {
      words: bytes(words),
      states: bytes(states),
      frequencies: bytes(Uint16Array.from(tables.flatMap((table) => [...table]))),
      signs: bytes(signs),
      // Levels change slowly, so that their differences deflate well.
      noise: bytes(deflateSync(differences(noise), { level: 9 })),
      clips: {
        shape: [clips.length, 2],
        data: Int32Array.from(clips.flatMap(({ start, length }) => [start, length])),
      },
    },
    { metadata: { piece: JSON.stringify(about) } },
  );
}

function differences(levels: Uint8Array): Uint8Array {
  return levels.map((level, at) => level - (levels[at - noiseBands] ?? 0));
}

function countedTables(magnitudes: Uint8Array, contexts: Uint8Array): Uint16Array[] {
  const alphabet = magnitudes.reduce((most, each) => Math.max(most, each), 0) + 1;
  const counts = Array.from({ length: contextCount }, () => new Uint32Array(alphabet));
  for (const [at, magnitude] of magnitudes.entries()) counts[contexts[at]!]![magnitude]!++;
  return counts.map(tableOfCounts);
}

function bytes(array: Uint8Array | Uint16Array | Uint32Array): { shape: number[]; data: Uint8Array } {
  const data = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { shape: [data.length], data };
}
