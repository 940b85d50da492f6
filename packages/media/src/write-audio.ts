import type { FileHandle } from "node:fs/promises";
import { assert } from "@nacre/errors";
import type { AudioSource } from "@nacre/signal";
import { put, writeWhole } from "./publish.js";
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
  const length = stream.length;
  const head = { sampleRate: stream.sampleRate, channelCount: stream.channelCount, bitDepth };
  await writeWhole(path, overwrite, (handle) =>
    writeSound(handle, path, { ...head, frames: length, spare: length === undefined }, stream),
  );
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
}
