/** The thread of a feed: opens the corpus for itself and draws what it is asked for, in order. */
import { parentPort, workerData } from "node:worker_threads";
import { assert, isNacreError } from "@nacre/errors";
import { openCorpus } from "./corpus.js";
import { drawBatch } from "./draw-batch.js";
import type { FeedAnswer, FeedRequest, FeedStart } from "./feed.js";
import { drawCrops } from "./pictures/draw-crops.js";
import { openPictureCorpus } from "./pictures/picture-corpus.js";
import { drawClips } from "./video/draw-clips.js";

const port = parentPort;
assert(port, "this module is started as a thread");

const opened = openDraw(workerData as FeedStart);
opened.catch(() => {});

port.on("message", (request: FeedRequest) => {
  void respond(request);
});

async function respond({ step, into }: FeedRequest): Promise<void> {
  try {
    (await opened)(step, into);
    port!.postMessage({ kind: "drawn", into } satisfies FeedAnswer, [into.buffer]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = isNacreError(error) ? error.code : undefined;
    port!.postMessage({ kind: "failed", code, message } satisfies FeedAnswer);
  }
}

async function openDraw(start: FeedStart): Promise<(step: number, into: Float32Array) => void> {
  const { seed } = start;
  if (start.medium === "picture") {
    const pictures = await openPictureCorpus(start.folder);
    return (step, into) => drawCrops(pictures, seed, step, start.size, into);
  }
  if (start.medium === "video") {
    const pictures = await openPictureCorpus(start.folder);
    return (step, into) => drawClips(pictures, seed, step, start, into);
  }
  const corpus = await openCorpus(start.folder, start.choice);
  return (step, into) => drawBatch(corpus, seed, step, start.batch, into, start.augment);
}
