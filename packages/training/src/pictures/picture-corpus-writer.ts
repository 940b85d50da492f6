import { NacreError } from "@nacre/errors";
import { createPackedFile } from "../packed-file.js";
import { noPictureToTrainOn, type PackedPicture, pixelsName } from "./picture-corpus.js";

/** What is known of a picture beside its pixels. */
export type PictureSource = {
  source: string;
  path: string;
  photographer: string;
  licence: string;
  split: "train" | "validation";
};

/** Writes packed pictures one by one; they appear whole at `finish`, or not at all. */
export type PictureCorpusWriter = {
  /** pixels: 8-bit RGB, [height * width * 3]. throws NacreError "shape" when there are not as many */
  add(pixels: Uint8Array, size: { width: number; height: number }, picture: PictureSource): Promise<void>;
  /** Pixels written so far. */
  readonly pixels: number;
  /** throws NacreError "media" when no picture is there to train on; nothing is left behind then */
  finish(): Promise<void>;
  /** Gives up and removes what was written. */
  discard(): Promise<void>;
};

/** Begins packed pictures in `folder`. When an addition or the end fails, nothing is left behind. */
export async function createPictureCorpusWriter(folder: string): Promise<PictureCorpusWriter> {
  const file = await createPackedFile(folder, pixelsName);
  const pictures: (PictureSource & PackedPicture)[] = [];
  let start = 0;
  return {
    get pixels() {
      return start;
    },
    async add(pixels, { width, height }, picture) {
      await file.append(() => checked(pixels, width, height));
      pictures.push({ start, width, height, ...picture });
      start += width * height;
    },
    finish: () =>
      file.finish(() => {
        if (!pictures.some(({ split }) => split === "train")) throw noPictureToTrainOn();
        return { format: 1, pictures };
      }),
    discard: file.discard,
  };
}

function checked(pixels: Uint8Array, width: number, height: number): Uint8Array {
  if (width > 0 && height > 0 && pixels.length === 3 * width * height) return pixels;
  throw new NacreError("shape", {
    found: `${pixels.length} values of a picture of ${width}x${height}`,
    expected: `${3 * width * height}`,
  });
}
