/** Where batches come from while training: a thread draws the next one while a step runs. */
import { Worker } from "node:worker_threads";
import { type ErrorCode, NacreError } from "@nacre/errors";
import type { Augmentation } from "./augmentation/augment.js";
import type { Corpus, CorpusChoice } from "./corpus.js";
import { drawBatch } from "./draw-batch.js";
import { drawCrops } from "./pictures/draw-crops.js";
import type { PictureCorpus } from "./pictures/picture-corpus.js";
import { drawClips } from "./video/draw-clips.js";

/** Gives the batch of each step; close it to end its thread. */
export type Feed = {
  /**
   * The batch of a step (from 1) [batch * samples], valid until the next call. Steps that follow each
   * other find it drawn already.
   * throws NacreError "io" when the corpus can no longer be read, "runtime" when the thread ends
   */
  next(step: number): Promise<Float32Array>;
  close(): Promise<void>;
};

/** What a batch of sound is drawn by; `length` is batch * samples. */
export type FeedOptions = {
  seed: number;
  batch: number;
  length: number;
  augment?: Augmentation | undefined;
};

/** What a batch of pictures is drawn by: crops of `size` pixels; `length` is batch * 3 * size * size. */
export type PictureFeedOptions = { seed: number; size: number; length: number };

/** What a batch of clips is drawn by: squares of `size` pixels; `length` is that of a batch. */
export type ClipFeedOptions = PictureFeedOptions & { frames: number };

/** What the thread of a feed is told when it begins. */
export type FeedStart =
  | ({ medium: "sound"; folder: string; choice: CorpusChoice | undefined } & Omit<FeedOptions, "length">)
  | ({ medium: "picture"; folder: string } & Omit<PictureFeedOptions, "length">)
  | ({ medium: "video"; folder: string } & Omit<ClipFeedOptions, "length">);

/** A wish for a batch, with the array to draw it into; the array moves to the thread and back. */
export type FeedRequest = { step: number; into: Float32Array<ArrayBuffer> };

/** The same array, filled; or why not. */
export type FeedAnswer =
  | { kind: "drawn"; into: Float32Array<ArrayBuffer> }
  | { kind: "failed"; code: ErrorCode | undefined; message: string };

/** A corpus on the disk is read by a thread of its own, one in memory here: the batches are the same. */
export function openFeed(corpus: Corpus, { length, ...options }: FeedOptions): Feed {
  const { folder, choice } = corpus;
  if (folder !== undefined) return threadFeed({ medium: "sound", folder, choice, ...options }, length);
  const { seed, batch, augment } = options;
  return directFeed(length, (step, into) => drawBatch(corpus, seed, step, batch, into, augment));
}

/** The same for crops of pictures. */
export function openPictureFeed(corpus: PictureCorpus, { length, ...options }: PictureFeedOptions): Feed {
  const { folder } = corpus;
  if (folder !== undefined) return threadFeed({ medium: "picture", folder, ...options }, length);
  return directFeed(length, (step, into) => drawCrops(corpus, options.seed, step, options.size, into));
}

/** The same for clips made from pictures. */
export function openClipFeed(corpus: PictureCorpus, { length, ...options }: ClipFeedOptions): Feed {
  const { folder } = corpus;
  if (folder !== undefined) return threadFeed({ medium: "video", folder, ...options }, length);
  return directFeed(length, (step, into) => drawClips(corpus, options.seed, step, options, into));
}

/** Draws when asked, on the calling thread. */
function directFeed(length: number, draw: (step: number, into: Float32Array) => void): Feed {
  const batch = new Float32Array(length);
  return {
    async next(step) {
      draw(step, batch);
      return batch;
    },
    close: async () => {},
  };
}

// Two arrays move between the threads, neither copied: one is trained on, the other is being filled.
function threadFeed(start: FeedStart, length: number): Feed {
  const thread = startThread(start);
  let held = new Float32Array(length);
  let coming = { step: 0, batch: Promise.resolve(new Float32Array(length)) };
  const order = (step: number, into: Float32Array<ArrayBuffer>) => ({
    step,
    batch: thread.draw({ step, into }),
  });
  return {
    async next(step) {
      if (coming.step !== step) coming = order(step, await coming.batch);
      const ready = await coming.batch;
      coming = order(step + 1, held);
      // Its failure is told when it is asked for.
      coming.batch.catch(() => {});
      held = ready;
      return ready;
    },
    close: () => thread.stop(),
  };
}

function startThread(workerData: FeedStart) {
  const worker = new Worker(new URL("./feed-thread.js", import.meta.url), { workerData, execArgv: [] });
  // The run decides how long the process lives, not the batch that it will not need.
  worker.unref();
  let waiting:
    | { resolve: (into: Float32Array<ArrayBuffer>) => void; reject: (error: Error) => void }
    | undefined;
  let fate: Error | undefined;
  const fail = (error: Error) => {
    fate ??= error;
    waiting?.reject(fate);
  };
  worker.on("error", (cause) =>
    fail(new NacreError("runtime", `the thread that reads batches failed: ${cause}`, { cause })),
  );
  worker.on("exit", () => fail(new NacreError("runtime", "the thread that reads batches has ended")));
  worker.on("message", (answer: FeedAnswer) => {
    if (answer.kind === "drawn") waiting?.resolve(answer.into);
    else
      waiting?.reject(answer.code ? new NacreError(answer.code, answer.message) : new Error(answer.message));
  });
  return {
    draw(request: FeedRequest): Promise<Float32Array<ArrayBuffer>> {
      if (fate) return Promise.reject(fate);
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        worker.postMessage(request, [request.into.buffer]);
      });
    },
    async stop() {
      await worker.terminate();
    },
  };
}
