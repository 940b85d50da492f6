import { closeSync, openSync, readSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { z } from "zod";
import { writeWhole } from "./write-whole.js";

/** A packed corpus is a folder: one file of values, and this beside it, which says where each piece lies. */
const indexName = "index.json";

/** Writes the file of values piece by piece; file and index appear whole at `finish`, or not at all. */
export type PackedFileWriter = {
  /** Appends what `bytes` gives; when that or writing fails, nothing is left behind. */
  append(bytes: () => Uint8Array): Promise<void>;
  /** Puts file and index in the place of older ones; when `index` throws, nothing is left behind. */
  finish(index: () => object): Promise<void>;
  /** Gives up and removes what was written. */
  discard(): Promise<void>;
};

/** Begins the file `name` of a packed corpus in `folder`. */
export async function createPackedFile(folder: string, name: string): Promise<PackedFileWriter> {
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${name}.${process.pid}.tmp`);
  const file = await open(temporary, "w");
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
    append: (bytes) =>
      orDiscard(async () => {
        const all = bytes();
        for (let at = 0; at < all.length; ) at += (await file.write(all, at)).bytesWritten;
      }),
    finish: (index) =>
      orDiscard(async () => {
        const text = JSON.stringify(index());
        await file.close();
        // An old index must not stand beside new values, should the machine stop here.
        await rm(join(folder, indexName), { force: true });
        await rename(temporary, join(folder, name));
        await writeWhole(join(folder, indexName), text);
      }),
    discard,
  };
}

/** Reads the index of a packed corpus. throws NacreError "io" when it is absent, "media" when it is damaged */
export async function readPackedIndex<T>(folder: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(folder, indexName);
  const parsed = schema.safeParse(await readJson(path));
  if (parsed.success) return parsed.data;
  throw new NacreError("media", {
    found: `${path}: ${z.prettifyError(parsed.error)}`,
    expected: "the index of a packed corpus",
    mend: "pack the corpus again",
  });
}

/** The file of values, open; close it to give it back. */
export type PackedFile = {
  /**
   * Reads `length` bytes at `position` of the file into `into` from `offset` on.
   * throws NacreError "io" when the file was cut while it was in use
   */
  read(into: Uint8Array, offset: number, length: number, position: number): void;
  close(): void;
};

/** Opens the file of values. throws NacreError "io" when it is absent, "media" when it has less than `needed` bytes */
export async function openPackedFile(path: string, needed: number): Promise<PackedFile> {
  await checkSize(path, needed);
  const file = openSync(path, "r");
  return {
    read(into, offset, length, position) {
      const found = readSync(file, into, offset, length, position);
      if (found !== length) throw cutShort(path, found, length);
    },
    close: () => closeSync(file),
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new NacreError(
      "io",
      { found: `${path} cannot be read`, expected: "a packed corpus", mend: "pack it first" },
      { cause },
    );
  }
}

async function checkSize(path: string, needed: number): Promise<void> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw new NacreError(
      "io",
      { found: `${path} cannot be opened`, mend: "pack the corpus again" },
      { cause },
    );
  });
  const { size } = await file.stat();
  await file.close();
  if (size >= needed) return;
  throw new NacreError("media", {
    found: `${path} of ${size} bytes`,
    expected: `${needed} bytes`,
    mend: "pack the corpus again",
  });
}

function cutShort(path: string, found: number, expected: number): NacreError {
  return new NacreError("io", {
    found: `${found} bytes of a piece in ${path}`,
    expected: `${expected}`,
    mend: "pack the corpus again; the file was cut while it was in use",
  });
}
