/** A session that runs on a thread of its own, seen from the caller's side. */
import { Worker } from "node:worker_threads";
import { NacreError } from "@nacre/errors";
import type { ElementArray, Session, SessionOptions, Value, Values } from "../index.js";
import type { Answer, Request } from "./messages.js";
import { checkFeeds, checkInto, closedError, copyInto, isShared, type Signature } from "./signature.js";

type Body = Request extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;
type Waiting = { resolve: (answer: Answer) => void; reject: (error: Error) => void };
type Thread = {
  /** Sends one request; moved buffers are gone here afterwards. Rejects with the thread's error. */
  ask(body: Body, moved: ArrayBuffer[]): Promise<Answer>;
  /** Resolves when the thread has ended. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

/**
 * Opens a model on a new thread.
 * throws NacreError "runtime" or "option" as the engine does
 */
export async function openThread(model: Uint8Array, options: SessionOptions): Promise<Session> {
  // Not slice: a Node Buffer's is no copy.
  return (await openMoved(new Uint8Array(model), options)).session;
}

/** The same without a copy: the bytes, which fill their buffer, move to the thread and come back. */
export async function openMoved(
  model: Uint8Array<ArrayBuffer>,
  options: SessionOptions,
): Promise<{ session: Session; model: Uint8Array<ArrayBuffer> }> {
  const thread = startThread();
  try {
    const answer = await thread.ask({ kind: "open", model, options }, [model.buffer]);
    if (answer.kind !== "opened") throw new Error("broken promise: open is answered with a signature");
    return { session: wrap(thread, answer.signature), model: new Uint8Array(answer.moved[0]!) };
  } catch (error) {
    await thread.stop();
    throw error;
  }
}

function wrap(thread: Thread, signature: Signature): Session {
  let closing: Promise<void> | undefined;
  const spare: ArrayBuffer[] = [];
  return {
    inputNames: signature.inputs.map((port) => port.name),
    outputNames: signature.outputs.map((port) => port.name),
    async run(feeds, into = {}) {
      if (closing) throw closedError();
      checkFeeds(signature, feeds);
      checkInto(signature, into, feeds);
      const sent = pack(feeds, spare);
      const shared = Object.fromEntries(Object.entries(into).filter(([, value]) => isShared(value.data)));
      const answer = await thread.ask({ kind: "run", feeds: sent.values, into: shared }, sent.moved);
      if (answer.kind !== "ran") throw new Error("broken promise: run is answered with outputs");
      if (spare.length === 0) spare.push(...answer.moved);
      return unpack(answer.outputs, into);
    },
    close() {
      closing ??= thread.ask({ kind: "close" }, []).then(
        () => thread.ended,
        () => thread.stop(),
      );
      return closing;
    },
  };
}

/**
 * Copies what is not shared into buffers that can move: a view would drag its whole buffer along.
 *
 * spare  buffers of earlier runs; those of the right size are taken out and used again
 */
function pack(feeds: Values, spare: ArrayBuffer[]): { values: Values; moved: ArrayBuffer[] } {
  const moved: ArrayBuffer[] = [];
  const values = Object.entries(feeds).map(([name, value]): [string, Value] => {
    if (isShared(value.data)) return [name, value];
    const data = copied(value.data, spare);
    moved.push(data.buffer as ArrayBuffer);
    return [name, { type: value.type, shape: value.shape, data }];
  });
  return { values: Object.fromEntries(values), moved };
}

function copied(data: ElementArray, spare: ArrayBuffer[]): ElementArray {
  const found = spare.findIndex(({ byteLength }) => byteLength === data.byteLength);
  if (found < 0) return data.slice() as ElementArray;
  const [buffer] = spare.splice(found, 1);
  const copy = new (data.constructor as new (buffer: ArrayBuffer) => ElementArray)(buffer!);
  (copy as Float32Array).set(data as Float32Array);
  return copy;
}

/** The caller gets its own values back for every output it gave an array for. */
function unpack(outputs: Values, into: Values): Values {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, result]) => {
      const target = into[name];
      if (target && !isShared(target.data)) copyInto(name, result, target);
      return [name, target ?? result];
    }),
  );
}

function startThread(): Thread {
  // The program's own flags (--input-type, loaders) are not meant for this thread.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let fate: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    worker.once("exit", (code) => {
      fate ??= new NacreError("runtime", {
        found: `the session's thread ended with code ${code}`,
        mend: "open the model again",
      });
      for (const { reject } of waiting.values()) reject(fate);
      waiting.clear();
      resolve();
    });
  });
  worker.on("error", (cause) => {
    fate = new NacreError(
      "runtime",
      `the session's thread failed: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  });
  worker.on("message", (answer: Answer) => {
    const request = waiting.get(answer.id);
    waiting.delete(answer.id);
    // Only work under way may keep the process alive.
    if (waiting.size === 0 && answer.kind !== "closed") worker.unref();
    if (answer.kind === "failed") request?.reject(revive(answer));
    else request?.resolve(answer);
  });
  return {
    ended,
    ask(body, moved) {
      if (fate) return Promise.reject(fate);
      const id = nextId++;
      worker.ref();
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...body, id } as Request, moved);
      });
    },
    async stop() {
      await worker.terminate();
    },
  };
}

function revive({ message, code }: Extract<Answer, { kind: "failed" }>): Error {
  return code ? new NacreError(code, message) : new Error(message);
}
