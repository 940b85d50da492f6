import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { collect, openAudio, readAudio } from "@nacre/media";
import type { Audio } from "@nacre/signal";
import { unzipSync } from "fflate";
import { decodeG722 } from "./g722/decode-g722.js";

/** A file of a source, on the disk or in a zip archive there. */
export type SourceFile = {
  /** Relative to the source's folder; through an archive as if that were a folder. */
  path: string;
  /** throws NacreError when it cannot be read as sound */
  read: () => Promise<Audio>;
};

const archive = /\.(zip|pk3)$/i;
const g722 = /\.g722$/i;

/** All files below a folder in the order of their paths, those in zip archives (.zip, .pk3) among them. */
export async function filesIn(root: string): Promise<SourceFile[]> {
  const paths = (await readdir(root, { recursive: true })).sort();
  const files = await Promise.all(
    paths.map((path) =>
      archive.test(path)
        ? filesInArchive(root, path)
        : [{ path, read: () => readFromDisk(join(root, path)) }],
    ),
  );
  return files.flat();
}

async function readFromDisk(path: string): Promise<Audio> {
  return g722.test(path) ? decodeG722(await readFile(path)) : readAudio(path);
}

async function filesInArchive(root: string, path: string): Promise<SourceFile[]> {
  const bytes = await readFile(join(root, path));
  const names: string[] = [];
  unpack(path, bytes, (name) => {
    names.push(name);
    return false;
  });
  return names.sort().map((name) => ({
    path: `${path}/${name}`,
    read: () => readFromMemory(name, unpack(path, bytes, (each) => each === name)[name]!),
  }));
}

async function readFromMemory(name: string, bytes: Uint8Array): Promise<Audio> {
  return g722.test(name) ? decodeG722(bytes) : collect(await openAudio(pipeOf(bytes)));
}

async function* pipeOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function unpack(
  path: string,
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => wanted(name) });
  } catch (cause) {
    throw new NacreError("media", { found: `${path}, damaged`, expected: "a zip archive" }, { cause });
  }
}
