/**
 * The runtime over onnxruntime-node. Start reading here; then `engine.ts` (one session on the
 * calling thread), `thread.ts` (the same session on a thread of its own) and `lanes.ts` (several of these).
 */
import type { Runtime } from "../index.js";
import { openLanes } from "./lanes.js";
import { openThread } from "./thread.js";

/** How the runtime runs its sessions. */
export type NodeRuntimeOptions = {
  /**
   * true (default): each session has a thread of its own, so the event loop stays free and sessions
   * run side by side. false: runs happen on the calling thread, which blocks while one is under way;
   * right for loops that do nothing else, as training.
   */
  worker?: boolean;
};

/**
 * Makes a runtime over onnxruntime-node.
 *
 * On a thread, a feed is copied once on its way in and an allocated output moves back without a
 * copy. Arrays over a SharedArrayBuffer are read and written by the thread itself: leave feeds as
 * they are until `run` resolves, and read `into` arrays only afterwards. Other `into` arrays are
 * copied when the result is back. On the calling thread the engine reads feeds and writes plain
 * `into` arrays in place; shared ones cost a copy there.
 *
 * float32 is Float32Array, int32 is Int32Array, int64 is BigInt64Array, bool is Uint8Array of 0 and 1.
 * An array cannot be a feed and in `into` of one run. An idle session does not keep the process
 * alive, one with a run under way does.
 *
 * throws (from `open` and `run`) NacreError "runtime" when the model, a feed, an output or the device
 * does not fit or the engine fails; NacreError "option" for a thread count below 1
 */
export function createRuntime(options: NodeRuntimeOptions = {}): Runtime {
  const { worker = true } = options;
  return {
    name: worker ? "onnxruntime-node, own threads" : "onnxruntime-node, calling thread",
    async open(model, sessionOptions = {}) {
      if (worker && sessionOptions.spread === "runs") return openLanes(model, sessionOptions);
      if (worker) return openThread(model, sessionOptions);
      // Loaded only here, so that a program that uses threads has no engine on its main one.
      const { openEngine } = await import("./engine.js");
      return openEngine(model, sessionOptions);
    },
  };
}
