import { NacreError } from "@nacre/errors";
import { createPackedFile } from "./packed-file.js";

/** The file of a packed corpus that has its samples. */
export const audioName = "audio.s16";

/** What can be heard in a clip. */
export type ClipKind = (typeof clipKinds)[number];

/** All of them. */
export const clipKinds = ["speech", "music"] as const;

/** The kind of that name. throws NacreError "option" when there is none */
export function clipKindOf(name: string): ClipKind {
  const found = clipKinds.find((kind) => kind === name);
  if (found) return found;
  throw new NacreError("option", { found: `kind "${name}"`, expected: clipKinds.join(", ") });
}

/** What is known of a clip beside its samples. */
export type ClipSource = {
  source: string;
  path: string;
  /** Who speaks or plays. */
  speaker: string;
  licence: string;
  split: "train" | "validation";
  /** Absent where nobody has said. */
  kind?: ClipKind;
};

/** Writes a packed corpus clip by clip; it appears whole at `finish`, or not at all. */
export type CorpusWriter = {
  /** samples: mono at the corpus' rate; beyond -1 .. 1 they are clipped. */
  add(samples: Float32Array, clip: ClipSource): Promise<void>;
  /** Samples written so far. */
  readonly length: number;
  /** throws NacreError "media" when no clip is there to train on; nothing is left behind then */
  finish(): Promise<void>;
  /** Gives up and removes what was written. */
  discard(): Promise<void>;
};

/** Begins a packed corpus in `folder`. When an addition or the end fails, nothing is left behind. */
export async function createCorpusWriter(folder: string, sampleRate: number): Promise<CorpusWriter> {
  const file = await createPackedFile(folder, audioName);
  const clips: (ClipSource & { start: number; length: number })[] = [];
  let start = 0;
  return {
    get length() {
      return start;
    },
    async add(samples, clip) {
      await file.append(() => pcm16(samples));
      clips.push({ start, length: samples.length, ...clip });
      start += samples.length;
    },
    finish: () =>
      file.finish(() => {
        if (!clips.some(({ split }) => split === "train")) throw nothingToTrainOn();
        return { format: 1, sampleRate, clips };
      }),
    discard: file.discard,
  };
}

function pcm16(samples: Float32Array): Uint8Array {
  const words = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    words[i] = Math.max(-32768, Math.min(32767, Math.round(samples[i]! * 32768)));
  }
  return new Uint8Array(words.buffer);
}

/** What packing and training say of a corpus without a training part. */
export function nothingToTrainOn(): NacreError {
  return new NacreError("media", {
    found: "no clip to train on",
    expected: "a corpus with at least one clip in its training part",
    mend: "pack more sound",
  });
}
