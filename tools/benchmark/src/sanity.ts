import { audioMetrics } from "@nacre/metrics";
import type { CodedRow } from "./coded.js";

/** A row whose outcome is known beforehand: where it does not hold, the way of measuring is broken. */
export type SanityRow = Omit<CodedRow, "kbps"> & { what: string; expected: string; holds: boolean };

/** The original in the place of what a codec gives. */
export function identitySanity({ measures, bandwidth }: CodedRow): SanityRow {
  const { melDistance, logSpectralDistance, stoi, estoi } = measures;
  const equal = melDistance!.high === 0 && logSpectralDistance!.high === 0;
  const understood = [stoi!, estoi!].every(({ low, count }) => count === 0 || low > 0.999);
  return {
    what: "the original in the place of the decoded sound",
    expected: "no distance, STOI and ESTOI of 1; SI-SDR and SNR have no finite value",
    holds: equal && understood && measures.siSdr!.count === 0,
    measures,
    bandwidth,
  };
}

/** A sound that only went to the model's sample rate and back: no layer can be better. */
export function ceilingSanity({ measures, bandwidth }: CodedRow, best: CodedRow): SanityRow {
  const holds = audioMetrics.every(({ name, better }) => {
    const [bound, found] = [measures[name]!, best.measures[name]!];
    // Sounds at the model's rate come back as they are and have no SI-SDR, so there may be nothing to compare.
    if (bound.count < found.count) return true;
    return better === "higher" ? bound.mean > found.mean : bound.mean < found.mean;
  });
  return {
    what: "the original brought to the model's sample rate and back, in the place of the decoded sound",
    expected: "better than all layers by every measure that has a value for every clip",
    holds,
    measures,
    bandwidth,
  };
}

/** A peer at a rate at which it is known to be near transparent; STOI says little of what is no speech. */
export function transparentSanity(what: string, { measures, bandwidth }: CodedRow): SanityRow {
  const { melDistance, siSdr } = measures;
  return {
    what,
    expected: "mel distance below .1, SI-SDR above 15 dB",
    holds: melDistance!.mean < 0.1 && siSdr!.mean > 15,
    measures,
    bandwidth,
  };
}
