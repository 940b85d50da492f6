import { availableParallelism } from "node:os";
import { isNacreError } from "@nacre/errors";

/**
 * Lanes that work side by side, each with the processor's share of it.
 *
 * jobs     how many at once; never more than there are items
 * threads  for the networks of one lane
 */
export type Lanes = { jobs: number; threads: number };

/** As many lanes as asked for, or as there are cores. */
export function planLanes(items: number, wanted: number | undefined): Lanes {
  const cores = availableParallelism();
  const jobs = Math.max(1, Math.min(wanted ?? cores, items));
  return { jobs, threads: Math.max(1, Math.floor(cores / jobs)) };
}

/** What became of one item; `error` is an expected failure. */
export type Outcome<Item, Result> = { item: Item } & (
  | { result: Result; error?: never }
  | { error: Error; result?: never }
);

/**
 * Works through items in several lanes, in order; no lane begins a new item once the signal is aborted.
 *
 * lane      makes the worker of one lane; its `close` is called at the end
 * onDone    told of each item when it is done, before the lane goes on
 * returns   outcomes in the order of items, without those never begun
 * throws    what is not an expected failure, such as a broken pipe, when the items in work are done
 */
export async function runBatch<Item, Result>(
  items: readonly Item[],
  jobs: number,
  lane: () => { work(item: Item): Promise<Result>; close(): Promise<void> },
  { signal, onDone }: { signal: AbortSignal; onDone?: (outcome: Outcome<Item, Result>) => Promise<void> },
): Promise<Outcome<Item, Result>[]> {
  const outcomes: Outcome<Item, Result>[] = new Array(items.length);
  let next = 0;
  let fatal: unknown;
  const travel = async () => {
    const { work, close } = lane();
    try {
      while (next < items.length && fatal === undefined && !signal.aborted) {
        const index = next++;
        const item = items[index]!;
        const outcome = await outcomeOf(item, work);
        outcomes[index] = outcome;
        await onDone?.(outcome);
      }
    } catch (error) {
      fatal ??= error;
    } finally {
      await close();
    }
  };
  await Promise.all(Array.from({ length: jobs }, travel));
  if (fatal !== undefined) throw fatal;
  return outcomes.filter((outcome) => outcome !== undefined);
}

async function outcomeOf<Item, Result>(
  item: Item,
  work: (item: Item) => Promise<Result>,
): Promise<Outcome<Item, Result>> {
  try {
    return { item, result: await work(item) };
  } catch (error) {
    if (isNacreError(error)) return { item, error };
    throw error;
  }
}
