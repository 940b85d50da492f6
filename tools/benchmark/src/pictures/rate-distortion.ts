import { pictureMetrics } from "@nacre/metrics";
import type { CodedPoint } from "./coded-points.js";

/**
 * Means over the pictures at one setting: a point of the rate-distortion curve.
 *
 * measures            means of the values of pictures: for PSNR the mean of decibels, as most papers have it
 * psnrRgbOfMeanError  decibels of the mean squared error over all pictures: lower, by as much as they differ
 */
export type MeanPoint = {
  setting: number;
  bitsPerPixel: number;
  measures: Record<string, number>;
  psnrRgbOfMeanError: number;
  milliseconds: { encode: number; decode: number };
  /** Of the clock; results of before it was taken have none. */
  seconds?: { encode: number; decode: number };
};

/** The point of all pictures together; times are medians. */
export function meanPoint({ setting, bitsPerPixel, measures, milliseconds, seconds }: CodedPoint): MeanPoint {
  const errors = measures.psnrRgb!.map((decibels) => 10 ** (-decibels / 10));
  return {
    setting,
    bitsPerPixel: mean(bitsPerPixel),
    measures: Object.fromEntries(pictureMetrics.map(({ name }) => [name, mean(measures[name]!)])),
    psnrRgbOfMeanError: -10 * Math.log10(mean(errors)),
    milliseconds: { encode: median(milliseconds.encode), decode: median(milliseconds.decode) },
    seconds: { encode: median(seconds.encode), decode: median(seconds.decode) },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value; of an even number of values the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
