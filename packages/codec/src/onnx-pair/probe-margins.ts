import { analyzed, type DecoderRun, type EncoderRun, synthesized } from "./pair-engine.js";
import { noise, type ProbedPair, randomCodes } from "./probe.js";

/** Frames of input that one frame of output was seen to depend on, beside its own; `all` when as far as was looked. */
export type Reach = { past: number; future: number; all: boolean };

// Frames of a probe: as many as two seconds have, within these. Twice that is looked at.
const [leastLooked, mostLooked] = [32, 512];
const trials = [1, 2, 3];
/** Share of the largest sample that counts as a change of the decoder's sound. */
const heard = 1e-5;

/**
 * Which frames of codes change when one frame of noise is another: three trials, and two frames more than the most
 * that was seen. A change that moves no code is none, as codes are all that counts.
 */
export async function encoderReach(pair: ProbedPair, run: EncoderRun): Promise<Reach> {
  const { hop, layers } = run;
  const frames = run.encoder.frames ?? lookedAt(pair, hop);
  return reachOf(frames, async (trial, middle) => {
    const samples = noise(frames * hop, 0.3, trial);
    const before = await analyzed(run, pair.encoder, samples);
    samples.set(noise(hop, 0.3, 100 + trial), middle * hop);
    const after = await analyzed(run, pair.encoder, samples);
    return changedGroups(frames, layers, (at) => before[at] !== after[at]);
  });
}

/** The same for the decoder: which frames of sound change, by more than 1e-5 of the largest sample. */
export async function decoderReach(
  pair: ProbedPair,
  run: DecoderRun & { hop: number; layers: number },
): Promise<Reach> {
  const { hop, layers, entries, decoder } = run;
  const frames = decoder.frames ?? lookedAt(pair, hop);
  return reachOf(frames, async (trial, middle) => {
    const codes = randomCodes(frames * layers, entries, trial);
    const before = (await synthesized(run, pair.decoder, codes, layers)).slice();
    codes.set(randomCodes(layers, entries, 100 + trial), middle * layers);
    const after = await synthesized(run, pair.decoder, codes, layers);
    const scale = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return changedGroups(frames, hop, (at) => Math.abs(before[at]! - after[at]!) > heard * scale);
  });
}

function lookedAt({ options }: ProbedPair, hop: number): number {
  const wanted = Math.ceil((2 * options.sampleRate) / hop);
  return 2 * Math.min(mostLooked, Math.max(leastLooked, wanted));
}

async function reachOf(
  frames: number,
  changed: (trial: number, middle: number) => Promise<number[]>,
): Promise<Reach> {
  const middle = Math.floor(frames / 2);
  let [past, future] = [0, 0];
  for (const trial of trials) {
    for (const frame of await changed(trial, middle)) {
      past = Math.max(past, frame - middle);
      future = Math.max(future, middle - frame);
    }
  }
  const all = past >= frames - 1 - middle || future >= middle;
  const more = (seen: number) => (seen === 0 ? 0 : seen + 2);
  return { past: more(past), future: more(future), all };
}

/** Groups of so many values in which one has changed. */
function changedGroups(groups: number, size: number, changed: (at: number) => boolean): number[] {
  return Array.from({ length: groups }, (_, group) => group).filter((group) => {
    for (let at = group * size; at < (group + 1) * size; at++) if (changed(at)) return true;
    return false;
  });
}
