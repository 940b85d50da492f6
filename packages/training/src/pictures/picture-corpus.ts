import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { z } from "zod";
import { openPackedFile, readPackedIndex } from "../packed-file.js";

/**
 * Packed training pictures: `pixels.u8`, 8-bit RGB rows of one picture after another, and `index.json`.
 * A photographer's pictures are either trained on or held for validation, never both.
 */
const indexSchema = z.object({
  format: z.literal(1),
  pictures: z.array(
    z.object({
      /** Position in pixels, and size in pixels. */
      start: z.int().nonnegative(),
      width: z.int().positive(),
      height: z.int().positive(),
      source: z.string(),
      path: z.string(),
      photographer: z.string(),
      licence: z.string(),
      split: z.enum(["train", "validation"]),
    }),
  ),
});

/** The file of packed pictures that has their pixels. */
export const pixelsName = "pixels.u8";

/** One picture of a packed corpus, in pixels. */
export type PackedPicture = { start: number; width: number; height: number };

/** What a corpus took from one source under one licence, in its training part. */
export type PictureCorpusSource = { source: string; licence: string; pictures: number; megapixels: number };

/** An open corpus of pictures; close it to give its file back. */
export type PictureCorpus = {
  train: PackedPicture[];
  validation: PackedPicture[];
  /** Where the training part comes from. */
  sources: PictureCorpusSource[];
  /** Where a packed corpus lies, so that a thread can open it too; absent for one in memory. */
  folder?: string;
  /**
   * Reads a square of pixels, RGB one after another [size * size * 3].
   * throws NacreError "io" when the file was cut while it was in use
   */
  read(picture: PackedPicture, left: number, top: number, size: number, into: Uint8Array): void;
  close(): void;
};

/**
 * Opens a packed corpus of pictures.
 * throws NacreError "io" when it is absent, "media" when it is damaged or has no picture to train on
 */
export async function openPictureCorpus(folder: string): Promise<PictureCorpus> {
  const { pictures } = await readPictureIndex(folder);
  const [train, validation] = (["train", "validation"] as const).map((wanted) =>
    pictures.filter(({ split }) => split === wanted),
  );
  if (train!.length === 0) throw noPictureToTrainOn();
  const ends = pictures.map(({ start, width, height }) => 3 * (start + width * height));
  const needed = ends.reduce((most, end) => Math.max(most, end), 0);
  const file = await openPackedFile(join(folder, pixelsName), needed);
  return {
    train: train!,
    validation: validation!,
    sources: sourcesOf(train!),
    folder,
    read({ start, width }, left, top, size, into) {
      for (let row = 0; row < size; row++) {
        const at = 3 * (start + (top + row) * width + left);
        file.read(into, row * size * 3, size * 3, at);
      }
    },
    close: file.close,
  };
}

/** What is packed, picture by picture. throws NacreError "io" when it is absent, "media" when it is damaged */
export function readPictureIndex(folder: string): Promise<z.infer<typeof indexSchema>> {
  return readPackedIndex(folder, indexSchema);
}

/** What packing and training say of a corpus without a training part. */
export function noPictureToTrainOn(): NacreError {
  return new NacreError("media", {
    found: "no picture to train on",
    expected: "at least one picture in the training part",
    mend: "pack more pictures",
  });
}

type Entry = z.infer<typeof indexSchema>["pictures"][number];

function sourcesOf(train: readonly Entry[]): PictureCorpusSource[] {
  const found = new Map<string, PictureCorpusSource>();
  for (const { source, licence, width, height } of train) {
    const key = `${source}\n${licence}`;
    const known = found.get(key) ?? { source, licence, pictures: 0, megapixels: 0 };
    known.pictures++;
    known.megapixels += (width * height) / 1e6;
    found.set(key, known);
  }
  return [...found.values()].map((each) => ({ ...each, megapixels: Number(each.megapixels.toFixed(2)) }));
}
