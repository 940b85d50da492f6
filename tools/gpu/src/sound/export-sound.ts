import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { type Clip, type Corpus, randomFor } from "@nacre/training";
import { wholeFolder } from "../whole-folder.js";
import { encodePiece, type PieceClips } from "./piece.js";

/** How training sound is packed to travel. */
export type SoundOptions = {
  /** Bytes that all pieces may take together. */
  limit: number;
  /** Quantization steps in the root of full scale. */
  fineness: number;
  /** Of the order in which clips are taken. */
  seed: number;
  force?: boolean;
  /** Sound of one piece, in seconds: pieces are decoded side by side. */
  pieceSeconds?: number;
};

/** What was packed. */
export type PackedSound = { pieces: number; clips: number; hours: number; bytes: number; mibPerHour: number };

/**
 * Packs the corpus' training part in pieces, in a random order of clips, until `limit` would be passed.
 *
 * throws  NacreError "option" when not even one piece fits or a number is out of range, "io" when the folder
 *         is there; nothing is left behind then
 */
export async function exportSound(
  corpus: Corpus,
  folder: string,
  options: SoundOptions,
): Promise<PackedSound> {
  const { limit, fineness, seed, force = false, pieceSeconds = 900 } = options;
  checkFineness(fineness);
  return await wholeFolder(folder, force, async (draft) => {
    const { sampleRate } = corpus;
    let [pieces, clips, samples, bytes] = [0, 0, 0, 0];
    for (const piece of piecesOf(corpus, seed, pieceSeconds * sampleRate)) {
      const coded = encodePiece(piece, { sampleRate, step: 1 / fineness, seed: seed + pieces });
      if (bytes + coded.length > limit) break;
      await writeFile(join(draft, `${String(pieces).padStart(3, "0")}.piece`), coded);
      pieces++;
      bytes += coded.length;
      clips += piece.clips.length;
      samples += piece.clips.reduce((sum, { length }) => sum + length, 0);
    }
    if (pieces === 0) throw nothingFits(limit);
    const hours = samples / sampleRate / 3600;
    return { pieces, clips, hours, bytes, mibPerHour: bytes / 2 ** 20 / hours };
  });
}

function* piecesOf(corpus: Corpus, seed: number, samples: number): Generator<PieceClips> {
  const order = shuffled(corpus.train, seed);
  for (let at = 0; at < order.length; ) {
    const chosen: Clip[] = [];
    for (let total = 0; at < order.length && (total === 0 || total < samples); at++) {
      chosen.push(order[at]!);
      total += order[at]!.length;
    }
    yield joined(corpus, chosen);
  }
}

function joined(corpus: Corpus, chosen: readonly Clip[]): PieceClips {
  const sound = new Float32Array(chosen.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  const clips = chosen.map((clip) => {
    corpus.read(clip, 0, sound.subarray(start, start + clip.length));
    start += clip.length;
    return { start: start - clip.length, length: clip.length };
  });
  return { sound, clips };
}

// Fisher and Yates: every order is as likely.
function shuffled(clips: readonly Clip[], seed: number): Clip[] {
  const order = [...clips];
  const random = randomFor(seed, 5);
  for (let left = order.length - 1; left > 0; left--) {
    const other = Math.floor(random() * (left + 1));
    [order[left], order[other]] = [order[other]!, order[left]!];
  }
  return order;
}

function checkFineness(fineness: number): void {
  // Above 60 a loud tone no longer fits a byte.
  if (fineness >= 1 && fineness <= 60) return;
  throw new NacreError("option", { found: `fineness ${fineness}`, expected: "a number from 1 to 60" });
}

function nothingFits(limit: number): NacreError {
  return new NacreError("option", {
    found: `a limit of ${limit} bytes, less than the first piece takes`,
    expected: "room for one piece",
    mend: "give a larger --mib, or a lower --fineness",
  });
}
