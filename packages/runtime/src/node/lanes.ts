/** A session whose runs go on side by side: one thread, and one copy of the graph, for each. */
import { availableParallelism } from "node:os";
import type { Session, SessionOptions } from "../index.js";
import { closedError } from "./signature.js";
import { openMoved } from "./thread.js";

type Lane = { session: Session; underWay: number };

// A lane has its own copy of the weights. Whoever wants more of them says how many threads there are.
const MOST_UNASKED = 8;

/**
 * Opens a model on `threads` lanes; by default as many as there are cores, 8 at most. The second and every
 * further lane is opened when a run would have to wait, one at a time: short work never pays for them.
 *
 * throws NacreError "runtime" or "option" as the engine does
 */
export async function openLanes(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const { threads = Math.min(availableParallelism(), MOST_UNASKED) } = options;
  // A count that makes no sense goes on to the engine, which refuses it in its words.
  const each = { ...options, threads: Number.isInteger(threads) && threads >= 1 ? 1 : threads };
  const { session: first, model: back } = await openMoved(new Uint8Array(model), each);
  const lanes: Lane[] = [{ session: first, underWay: 0 }];
  const grow = growing(lanes, threads, back, each);
  let closing: Promise<void> | undefined;
  return {
    inputNames: first.inputNames,
    outputNames: first.outputNames,
    lanes: threads,
    async run(feeds, into) {
      if (closing) throw closedError();
      const lane = lanes.reduce((least, other) => (other.underWay < least.underWay ? other : least));
      if (lane.underWay > 0) grow.begin();
      lane.underWay += 1;
      try {
        return await lane.session.run(feeds, into);
      } finally {
        lane.underWay -= 1;
      }
    },
    close() {
      closing ??= grow.end().then(async () => {
        await Promise.all(lanes.map(({ session }) => session.close()));
      });
      return closing;
    },
  };
}

/** Opens one lane after another; the graph's bytes go from one to the next and are let go with the last. */
function growing(lanes: Lane[], most: number, model: Uint8Array<ArrayBuffer>, options: SessionOptions) {
  let bytes = lanes.length < most ? model : undefined;
  let opening: Promise<void> | undefined;
  async function open(given: Uint8Array<ArrayBuffer>): Promise<void> {
    bytes = undefined;
    try {
      const opened = await openMoved(given, options);
      lanes.push({ session: opened.session, underWay: 0 });
      if (lanes.length < most) bytes = opened.model;
    } catch {
      // What is open goes on working: a lane that the machine has no memory for is no error.
    }
  }
  return {
    begin(): void {
      if (bytes) opening = open(bytes);
    },
    async end(): Promise<void> {
      bytes = undefined;
      await opening;
      bytes = undefined;
    },
  };
}
