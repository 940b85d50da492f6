/** A session whose runs go on side by side: one thread, and one copy of the graph, for each. */
import { availableParallelism } from "node:os";
import type { Session, SessionOptions } from "../index.js";
import { closedError } from "./signature.js";
import { openThread } from "./thread.js";

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
  const first = await openThread(model, each);
  const lanes: Lane[] = [{ session: first, underWay: 0 }];
  const grow = growing(lanes, threads, () => openThread(model, each));
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

function growing(lanes: Lane[], most: number, open: () => Promise<Session>) {
  let opening: Promise<void> | undefined;
  let full = lanes.length >= most;
  return {
    begin(): void {
      if (opening || full) return;
      opening = open().then(
        (session) => {
          lanes.push({ session, underWay: 0 });
          full = lanes.length >= most;
          opening = undefined;
        },
        () => {
          // What is open goes on working: a lane that the machine has no memory for is no error.
          full = true;
          opening = undefined;
        },
      );
    },
    async end(): Promise<void> {
      full = true;
      await opening;
    },
  };
}
