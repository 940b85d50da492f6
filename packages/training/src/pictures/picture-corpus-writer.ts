import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { writeWhole } from "../write-whole.js";
import { noPictureToTrainOn, type PackedPicture, pictureCorpusFiles } from "./picture-corpus.js";

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
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${pictureCorpusFiles.pixels}.${process.pid}.tmp`);
  const file = await open(temporary, "w");
  const pictures: (PictureSource & PackedPicture)[] = [];
  let start = 0;
  const discard = async () => {
    await file.close();
    await rm(temporary, { force: true });
  };
  const orDiscard = async (work: () => Promise<void>) => {
    await work().catch(async (error: unknown) => {
      await discard();
      throw error;
    });
  };
  return {
    get pixels() {
      return start;
    },
    add: (pixels, { width, height }, picture) =>
      orDiscard(async () => {
        checkPixels(pixels, width, height);
        await writeAll(file, pixels);
        pictures.push({ start, width, height, ...picture });
        start += width * height;
      }),
    finish: () =>
      orDiscard(async () => {
        if (!pictures.some(({ split }) => split === "train")) throw noPictureToTrainOn();
        await file.close();
        // An old index must not stand beside new pixels, should the machine stop here.
        await rm(join(folder, pictureCorpusFiles.index), { force: true });
        await rename(temporary, join(folder, pictureCorpusFiles.pixels));
        await writeWhole(join(folder, pictureCorpusFiles.index), JSON.stringify({ format: 1, pictures }));
      }),
    discard,
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

function checkPixels(pixels: Uint8Array, width: number, height: number): void {
  if (width > 0 && height > 0 && pixels.length === 3 * width * height) return;
  throw new NacreError("shape", {
    found: `${pixels.length} values of a picture of ${width}x${height}`,
    expected: `${3 * width * height}`,
  });
}
