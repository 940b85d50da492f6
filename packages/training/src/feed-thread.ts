/** The thread of a feed: opens the corpus for itself and draws what it is asked for, in order. */
import { parentPort, workerData } from "node:worker_threads";
import { assert, isNacreError } from "@nacre/errors";
import { openCorpus } from "./corpus.js";
import { drawBatch } from "./draw-batch.js";
import type { FeedAnswer, FeedRequest, FeedStart } from "./feed.js";

const port = parentPort;
assert(port, "this module is started as a thread");

const { folder, choice, seed, batch, augment } = workerData as FeedStart;
const opened = openCorpus(folder, choice);
opened.catch(() => {});

port.on("message", (request: FeedRequest) => {
  void respond(request);
});

async function respond({ step, into }: FeedRequest): Promise<void> {
  try {
    drawBatch(await opened, seed, step, batch, into, augment);
    port!.postMessage({ kind: "drawn", into } satisfies FeedAnswer, [into.buffer]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = isNacreError(error) ? error.code : undefined;
    port!.postMessage({ kind: "failed", code, message } satisfies FeedAnswer);
  }
}
