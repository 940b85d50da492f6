import { constants } from "node:fs";
import { copyFile, type FileHandle, link, lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { assert, NacreError, systemCode, systemError } from "@nacre/errors";
import type { AudioSource } from "@nacre/signal";
import { asStream } from "./stream.js";
import {
  encodedBlocks,
  needsLong,
  soundBytes,
  type WavHead,
  type WavOptions,
  wavHeader,
} from "./wav-bytes.js";

/** overwrite: replace a file that is already there; without it that is NacreError "exists". */
export type WriteAudioOptions = WavOptions & { overwrite?: boolean };

const busy = new Set<string>();

/**
 * Writes a sound as a WAV file, RF64 above 4 GiB.
 *
 * The bytes go to a temporary name in the same folder, which is renamed when all of them are there and
 * removed when anything fails: whoever looks sees the old file or the whole new one.
 *
 * throws  NacreError "exists"; "io" when the disk is full or refuses; "media" at a sample that is no
 *         number; whatever the source's own blocks throw
 */
export async function writeAudio(
  path: string,
  source: AudioSource,
  options: WriteAudioOptions = {},
): Promise<void> {
  const { bitDepth = 16, overwrite = false } = options;
  const stream = asStream(source);
  const target = await targetOf(path, overwrite);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const length = stream.length;
  const head = { sampleRate: stream.sampleRate, channelCount: stream.channelCount, bitDepth };
  const handle = await claim(temporary, path);
  try {
    await writeSound(handle, path, { ...head, frames: length, spare: length === undefined }, stream);
    await publish(temporary, target, overwrite, path);
  } finally {
    await handle.close();
    await rm(temporary, { force: true });
    busy.delete(temporary);
  }
}

/** Where the bytes go in the end; a link is followed, so that it stays a link. */
async function targetOf(path: string, overwrite: boolean): Promise<string> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw systemError(error, path);
  });
  if (stat === undefined) return path;
  if (!overwrite) throw alreadyThere(path);
  const target = stat.isSymbolicLink()
    ? await realpath(path).catch((error: unknown) => Promise.reject(systemError(error, path)))
    : path;
  if (!(await lstat(target)).isFile()) {
    throw new NacreError("io", { found: `${path} is not an ordinary file`, mend: "choose another name" });
  }
  return target;
}

function alreadyThere(path: string): NacreError {
  return new NacreError("exists", {
    found: `${path} is already there`,
    mend: "overwrite it or choose another name",
  });
}

async function claim(temporary: string, path: string): Promise<FileHandle> {
  if (busy.has(temporary)) throw new NacreError("io", `${path} is being written at this moment`);
  busy.add(temporary);
  try {
    // One left behind by a killed process that had our number; nobody is writing it any more.
    await rm(temporary, { force: true });
    return await open(temporary, "wx");
  } catch (error) {
    busy.delete(temporary);
    throw systemError(error, path);
  }
}

async function writeSound(
  handle: FileHandle,
  path: string,
  head: WavHead,
  stream: ReturnType<typeof asStream>,
): Promise<void> {
  const first = wavHeader(head);
  const written = { frames: 0 };
  await put(handle, path, first);
  for await (const bytes of encodedBlocks(stream, head.bitDepth, written)) await put(handle, path, bytes);
  if (soundBytes(head, written.frames) % 2 === 1) await put(handle, path, new Uint8Array(1));
  assert(
    head.frames === undefined || head.frames === written.frames,
    `a stream that says it has ${head.frames} samples has that many, not ${written.frames}`,
  );
  const last = wavHeader({
    ...head,
    frames: written.frames,
    spare: head.spare === true && !needsLong(head, written.frames),
  });
  assert(last.length === first.length, "the header has room for the final sizes");
  await put(handle, path, last, 0);
  await handle.datasync().catch((error: unknown) => Promise.reject(systemError(error, path)));
}

async function put(
  handle: FileHandle,
  path: string,
  bytes: Uint8Array,
  position: number | null = null,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      const { bytesWritten } = await handle.write(
        bytes,
        at,
        bytes.length - at,
        position === null ? null : position + at,
      );
      at += bytesWritten;
    } catch (error) {
      throw systemError(error, path);
    }
  }
}

/** Gives the finished file its name; without overwrite this fails if the name was taken meanwhile. */
async function publish(temporary: string, target: string, overwrite: boolean, path: string): Promise<void> {
  try {
    if (overwrite) await rename(temporary, target);
    else await linkOrCopy(temporary, target);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw alreadyThere(path);
    throw systemError(error, path);
  }
}

async function linkOrCopy(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw error;
    // Some disks know no links; a copy that refuses an existing name is the next best.
    await copyFile(temporary, target, constants.COPYFILE_EXCL);
  }
}
