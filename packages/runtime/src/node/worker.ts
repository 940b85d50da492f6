/** The thread of one session: answers requests in the order they come. */
import { parentPort } from "node:worker_threads";
import { assert, isNacreError } from "@nacre/errors";
import type { Values } from "../index.js";
import { type EngineSession, openEngine } from "./engine.js";
import type { Answer, Request } from "./messages.js";
import { isShared } from "./signature.js";

const port = parentPort;
assert(port, "this module is started as a thread");

let session: EngineSession | undefined;
let queue = Promise.resolve();

port.on("message", (request: Request) => {
  queue = queue.then(() => respond(request));
});

async function respond(request: Request): Promise<void> {
  try {
    const answer = await work(request);
    const outputs = answer.kind === "ran" ? ownBuffers(answer.outputs) : [];
    port!.postMessage(answer, "moved" in answer ? [...outputs, ...answer.moved] : []);
    // Without a listener on the port the thread has nothing left to do and ends by itself.
    if (answer.kind === "closed") port!.close();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = isNacreError(error) ? error.code : undefined;
    port!.postMessage({ id: request.id, kind: "failed", message, code } satisfies Answer);
  }
}

async function work(request: Request): Promise<Answer> {
  const { id } = request;
  if (request.kind === "open") {
    session = await openEngine(request.model, request.options);
    return { id, kind: "opened", signature: session.signature, moved: [request.model.buffer as ArrayBuffer] };
  }
  if (request.kind === "close") {
    await session?.close();
    return { id, kind: "closed" };
  }
  assert(session, "a model is opened before it is run");
  const outputs = await session.run(request.feeds, request.into);
  // An engine may hand on a feed as an output; a buffer moves once.
  const given = new Set(ownBuffers(outputs));
  return {
    id,
    kind: "ran",
    outputs,
    moved: ownBuffers(request.feeds).filter((buffer) => !given.has(buffer)),
  };
}

function ownBuffers(values: Values): ArrayBuffer[] {
  const buffers = Object.values(values).flatMap(({ data }) =>
    isShared(data) ? [] : [data.buffer as ArrayBuffer],
  );
  return [...new Set(buffers)];
}
