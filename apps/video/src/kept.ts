import type { Task } from "@nacre/cli";
import { isNacreError, type NacreError } from "@nacre/errors";
import type { OpenedVideoFile } from "@nacre/media/video";
import type { AudioStream, VideoFrame } from "@nacre/signal";

/**
 * The frames of a video up to where it breaks: what came before a break is coded and kept, the break is told at the end. A
 * video that breaks before its first frame fails at once.
 */
export function keptFrames({ frames }: OpenedVideoFile) {
  let count = 0;
  let failure: NacreError | undefined;
  async function* whole(): AsyncGenerator<VideoFrame, void, undefined> {
    try {
      for await (const frame of frames) {
        yield frame;
        count++;
      }
    } catch (error) {
      if (count === 0 || !isNacreError(error)) throw error;
      failure = error;
    }
  }
  return { frames: whole(), count: () => count, failure: () => failure };
}

/**
 * The sound of a video up to where it breaks, which is warned of: the pictures go on. Undefined for a soundtrack that holds
 * no sample.
 */
export async function keptSound(
  sound: AudioStream,
  name: string,
  task: Pick<Task, "warn">,
): Promise<AudioStream | undefined> {
  async function* whole(): AsyncGenerator<Float32Array[], void, undefined> {
    try {
      for await (const block of sound.blocks) if ((block[0]?.length ?? 0) > 0) yield block;
    } catch (error) {
      if (!isNacreError(error)) throw error;
      task.warn(`the sound of ${name} ends early: ${error.message}`);
    }
  }
  const blocks = whole();
  const { done, value } = await blocks.next();
  if (done) {
    task.warn(`the soundtrack of ${name} holds no sound: it is left out`);
    return undefined;
  }
  async function* replayed(): AsyncGenerator<Float32Array[], void, undefined> {
    yield value!;
    yield* blocks;
  }
  const { length: _announced, ...rest } = sound;
  return { ...rest, blocks: replayed() };
}
