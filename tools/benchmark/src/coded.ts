import { quality, type Value } from "@nacre/inspect";
import { audioMetrics, type Interval, meanInterval } from "@nacre/metrics";
import type { Audio } from "@nacre/nacre";
import { bandwidth } from "./bandwidth.js";

/** One sound coded in one way. kbps: of the whole file; bandwidth: hertz. Values that do not exist are NaN. */
export type Coded = { kbps: number; measures: Record<string, number>; bandwidth: number };

/** Means over sounds that were coded in one way. */
export type CodedRow = { kbps: Interval; measures: Record<string, Interval>; bandwidth: Interval };

/** Measures a decoded sound; values of a layer report may be handed in, they are what would be found again. */
export function codedOf(
  original: Audio,
  decoded: Audio,
  bytes: number,
  values?: Record<string, number | null>,
): Coded {
  const found = values ?? valuesOf(quality(original, decoded));
  const seconds = original.channels[0]!.length / original.sampleRate;
  return {
    kbps: (bytes * 8) / seconds / 1000,
    measures: Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? Number.NaN])),
    bandwidth: bandwidth(original, decoded),
  };
}

/** Means with 95 % intervals, measures in the order in which they are shown everywhere. */
export function meanRow(coded: readonly Coded[]): CodedRow {
  const measures = audioMetrics.map(({ name }) => [
    name,
    meanInterval(coded.map((each) => each.measures[name]!)),
  ]);
  return {
    kbps: meanInterval(coded.map(({ kbps }) => kbps)),
    measures: Object.fromEntries(measures),
    bandwidth: meanInterval(coded.map((each) => each.bandwidth)),
  };
}

function valuesOf(measures: Map<string, Value>): Record<string, number | null> {
  return Object.fromEntries([...measures].map(([name, { value }]) => [name, value]));
}
