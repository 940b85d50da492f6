import { codeFeeds } from "./code-layout.js";
import { type ProbedPair, tried, unfitPair } from "./probe.js";
import type { ProbedDecoder } from "./probe-decoder.js";

/** The largest alphabet that a table holds. */
const mostEntries = 65_536;

/**
 * The alphabet of a pair's codes, and a sentence about where it is from: what the user says; or the codes that the
 * decoder takes, found by halving, as one that looks up a code beyond its codebook fails; or, where it takes
 * any code, the next power of two above the largest code that was seen.
 *
 * seen    largest code that the encoder gave
 * throws  NacreError "model" for fewer entries than were seen, or codes beyond 16 bits
 */
export async function probeAlphabet(
  pair: ProbedPair,
  decoder: ProbedDecoder,
  layers: number,
  seen: number,
): Promise<{ entries: number; how: string }> {
  const { entries } = pair.options;
  if (seen >= mostEntries || seen < 0)
    throw unfitPair(`code ${seen} of the encoder`, `0 to ${mostEntries - 1}`, "check that it gives codes");
  if (entries !== undefined) {
    if (entries > seen) return { entries, how: "as was said" };
    throw unfitPair(`code ${seen} of the encoder`, `less than the ${entries} entries that --entries says`);
  }
  const taken = (code: number) => takes(pair, decoder, layers, code);
  if (!(await taken(mostEntries - 1)))
    return { entries: await border(taken, seen), how: "all that the decoder takes" };
  const power = 2 ** Math.max(1, Math.ceil(Math.log2(seen + 1)));
  return { entries: power, how: `the power of two above code ${seen}, the largest that was seen` };
}

async function border(taken: (code: number) => Promise<boolean>, seen: number): Promise<number> {
  let [good, bad] = [seen, mostEntries - 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await taken(middle)) good = middle;
    else bad = middle;
  }
  return Math.max(2, good + 1);
}

async function takes(
  { decoder }: ProbedPair,
  { codes, type, frames = 8 }: ProbedDecoder,
  layers: number,
  code: number,
): Promise<boolean> {
  const rows = new Int32Array(frames * layers).fill(code);
  return "value" in (await tried(() => decoder.run(codeFeeds(codes, type, rows, layers))));
}
