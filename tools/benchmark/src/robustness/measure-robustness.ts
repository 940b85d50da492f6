import { loudness } from "@nacre/metrics";
import { type Audio, open } from "@nacre/nacre";
import { integratedLoudness } from "../integrated-loudness.js";
import { robustnessSignals } from "./signals.js";

/**
 * One side of the codec. peak: the largest magnitude, 1 is full scale; level: dBFS; loudness: LUFS. Levels of
 * silence are null, as is the loudness of what has none.
 */
export type Side = { finite: boolean; peak: number; level: number | null; loudness: number | null };

/** What comes of one sound. */
export type RobustnessRow = {
  name: string;
  what: string;
  given: Side;
  decoded: Side;
  /** Decoded less given, LU; null where one of them has no loudness. */
  loudnessChange: number | null;
  /** Whether that is at most .5 LU either way; null as above. */
  keepsLoudness: boolean | null;
};

/** A model on sounds that it was not made for. */
export type Robustness = {
  model: string;
  seed: number;
  /** LU. */
  tolerance: number;
  signals: RobustnessRow[];
  /** Names of those that do not keep their loudness. */
  failing: string[];
};

const tolerance = 0.5;

/**
 * Encodes and decodes each of the robustness signals with all layers.
 *
 * model   name or folder; the default model when absent
 * speech  one channel, at least five seconds
 */
export async function measureRobustness(
  model: string | undefined,
  speech: Audio,
  seed: number,
): Promise<Robustness> {
  const nacre = await open(model);
  const signals: RobustnessRow[] = [];
  for (const { name, what, sound } of robustnessSignals(speech, seed)) {
    const [given, decoded] = [sideOf(sound), sideOf(await nacre.decode(await nacre.encode(sound)))];
    const known = given.loudness !== null && decoded.loudness !== null;
    const loudnessChange = known ? decoded.loudness! - given.loudness! : null;
    const keepsLoudness = loudnessChange === null ? null : Math.abs(loudnessChange) <= tolerance;
    signals.push({ name, what, given, decoded, loudnessChange, keepsLoudness });
  }
  await nacre.close();
  const failing = signals.filter(({ keepsLoudness }) => keepsLoudness === false).map(({ name }) => name);
  return { model: nacre.model.id, seed, tolerance, signals, failing };
}

function sideOf(sound: Audio): Side {
  const [samples] = sound.channels;
  const orNull = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    finite: samples!.every(Number.isFinite),
    peak: samples!.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
    level: orNull(loudness(samples!)),
    loudness: orNull(integratedLoudness(sound)),
  };
}
