/**
 * The one error class of every room.
 *
 * A NacreError is for what a user, a file or a machine did; a broken promise of our own code is an
 * `assert`. Callers match `code`, never the prose.
 */

/** Stable names of what can go wrong; tests, scripts and exit messages rely on them. */
export type ErrorCode =
  | "shape" // an array or tensor has the wrong dimensions or type
  | "option" // an option's value is out of range or contradicts another
  | "usage" // the command line was wrong (exit 2)
  | "bitstream" // a .nacre file is damaged, foreign or cut
  | "version" // a .nacre file or model is of a version this reader does not know
  | "media" // a sound or picture file cannot be read
  | "model" // a model is missing, damaged, or not the one the file names
  | "runtime" // the network runtime refused or failed
  | "io" // the disk, a pipe or a permission
  | "exists" // the output is there and --force was not given
  | "cancelled"; // the user interrupted

/**
 * found     what was seen, with the value
 * expected  what would have been right
 * mend      what to do now
 */
export type ErrorParts = { found: string; expected?: string; mend?: string };

/** An expected failure: one sentence that says what was found, what was expected and the mend. */
export class NacreError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, parts: string | ErrorParts, options?: ErrorOptions) {
    super(typeof parts === "string" ? parts : sentence(parts), options);
    this.name = "NacreError";
    this.code = code;
  }
}

/** True for errors that carry a sentence for the user; anything else is a fault of ours. */
export function isNacreError(error: unknown): error is NacreError {
  return error instanceof NacreError;
}

/** Throws an ordinary Error when a promise of our own code is broken. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new Error(`broken promise: ${promise}`);
}

function sentence({ found, expected, mend }: ErrorParts): string {
  return [found, expected && `expected ${expected}`].filter(Boolean).join(", ") + (mend ? `; ${mend}` : "");
}
