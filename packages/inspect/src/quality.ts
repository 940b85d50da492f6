import { NacreError } from "@nacre/errors";
import { type AudioMetric, audioMetrics } from "@nacre/metrics";
import type { Audio } from "@nacre/signal";

/** What is told of a measure, of whatever medium. */
export type Metric = {
  name: string;
  label: string;
  short: string;
  unit: string;
  better: "higher" | "lower";
};

/** A number that may not exist: null has a reason. */
export type Value = { value: number } | { value: null; reason: string };

/** A Value out of a number: NaN and infinities become null with the reason. */
export function finite(value: number, reason: string): Value {
  return Number.isFinite(value) ? { value } : { value: null, reason };
}

/**
 * Every audio metric of a decoded sound: each is taken per channel and averaged over the channels where it is
 * defined (a silent original channel has no SI-SDR). A channel that is infinitely bad or good makes the mean
 * null: leaving it out would flatter.
 */
export function quality(original: Audio, decoded: Audio): Map<string, Value> {
  checkSameForm(original, decoded);
  return new Map(audioMetrics.map((metric) => [metric.name, meanOverChannels(metric, original, decoded)]));
}

/** The same reason for every metric. */
export function noQuality(metrics: readonly Metric[], reason: string): Map<string, Value> {
  return new Map(metrics.map(({ name }) => [name, { value: null, reason }]));
}

/** How much better `after` is than `before`, positive where it improved. */
export function improvement(
  metrics: readonly Metric[],
  before: Map<string, Value>,
  after: Map<string, Value>,
): Map<string, Value> {
  return new Map(
    metrics.map(({ name, better }) => [name, step(before.get(name)!, after.get(name)!, better)]),
  );
}

function step(before: Value, after: Value, better: Metric["better"]): Value {
  if (after.value === null) return after;
  if (before.value === null) return { value: null, reason: "the prefix before has no value" };
  return { value: better === "higher" ? after.value - before.value : before.value - after.value };
}

function meanOverChannels(metric: AudioMetric, original: Audio, decoded: Audio): Value {
  const values = original.channels
    .map((reference, c) => metric.measure(reference, decoded.channels[c]!, original.sampleRate))
    .filter((value) => !Number.isNaN(value));
  return finite(values.reduce((sum, value) => sum + value, 0) / values.length, metric.noValue);
}

function checkSameForm(original: Audio, decoded: Audio): void {
  const [expected, found] = [form(original), form(decoded)];
  if (expected === found) return;
  throw new NacreError("shape", {
    found: `decoded sound of ${found}`,
    expected: `${expected} as the original`,
  });
}

function form({ sampleRate, channels }: Audio): string {
  return `${channels.length} channels of ${channels[0]?.length ?? 0} samples at ${sampleRate} Hz`;
}
