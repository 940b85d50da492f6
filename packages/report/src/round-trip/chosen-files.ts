import type { RoundTripReport } from "./schema.js";

/** Files up to which all can be heard or seen. */
const all = 8;

/**
 * Names of the files whose media are kept: all of a few; of many the four worst, the one in the middle and the best by
 * one measure at the model's full depth. The sentence says which and why.
 */
export function chosenFiles(
  { files, worst, measures }: RoundTripReport,
  chief: string,
): { names: string[]; sentence: string } {
  const done = files.filter(({ failed }) => failed === undefined).map(({ name }) => name);
  if (done.length <= all) {
    const count = done.length === 1 ? "the one file" : `all ${done.length} files`;
    return { names: done, sentence: `Of ${done.length === 0 ? "no file" : count} there are media.` };
  }
  const label = measures.find(({ name }) => name === chief)?.label ?? chief;
  const order = worst[chief]?.length ? worst[chief] : done;
  const names = [...order.slice(0, 4), order[order.length >> 1]!, order.at(-1)!];
  return {
    names: [...new Set(names)],
    sentence: `Of ${done.length} files there are media of six: the four worst, the one in the middle and the best by ${label}.`,
  };
}
