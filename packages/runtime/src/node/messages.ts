/** What a session and its thread say to each other. */
import type { ErrorCode } from "@nacre/errors";
import type { SessionOptions, Values } from "../index.js";
import type { Signature } from "./signature.js";

/**
 * Work for the thread; every request has an answer with its id.
 *
 * run.into  only arrays over shared memory, which the thread fills itself
 */
export type Request = { id: number } & (
  | { kind: "open"; model: Uint8Array; options: SessionOptions }
  | { kind: "run"; feeds: Values; into: Values }
  | { kind: "close" }
);

/**
 * What came of a request; code is there when the error is one for the user.
 *
 * moved  buffers that came with the request and go back: a thread makes hardly any garbage of its own, so
 *        what is left there is collected late or never
 */
export type Answer = { id: number } & (
  | { kind: "opened"; signature: Signature; moved: readonly ArrayBuffer[] }
  | { kind: "ran"; outputs: Values; moved: readonly ArrayBuffer[] }
  | { kind: "closed" }
  | { kind: "failed"; message: string; code: ErrorCode | undefined }
);
