import {
  type BdOptions,
  type BjontegaardDelta,
  bdPsnr,
  bdRate,
  type Interval,
  meanInterval,
  pictureMetrics,
  type RatePoint,
} from "@nacre/metrics";
import type { CodedPoint } from "./coded-points.js";
import { meanPoint } from "./rate-distortion.js";

/**
 * One way of comparing two codecs, averaged in both orders, which differ.
 *
 * meanOfPictures  every picture has its own curves and delta; their mean, over the pictures that have one
 * overlap         mean share of the range that the two curves of a picture cover in common, 0 .. 1
 * without         of each picture that has none, the reason
 * curveOfMeans    one delta, of the curves of means at equal settings
 */
export type DeltaRow = {
  meanOfPictures: Interval;
  overlap: number;
  without: string[];
  curveOfMeans: BjontegaardDelta;
};

/** By measure: rate in percent at equal quality, and quality in dB at equal rate. */
export type Comparison = { measure: string; rate: DeltaRow; quality: DeltaRow };

/** A contender against the anchor, by every measure in decibels. */
export function compare(
  anchor: readonly CodedPoint[],
  test: readonly CodedPoint[],
  options: BdOptions,
): Comparison[] {
  const measures = pictureMetrics.filter(({ unit }) => unit === "dB");
  return measures.map(({ name }) => ({
    measure: name,
    rate: deltaRow(anchor, test, name, (a, b) => bdRate(a, b, options)),
    quality: deltaRow(anchor, test, name, (a, b) => bdPsnr(a, b, options)),
  }));
}

type Delta = (anchor: RatePoint[], test: RatePoint[]) => BjontegaardDelta;

function deltaRow(
  anchor: readonly CodedPoint[],
  test: readonly CodedPoint[],
  measure: string,
  delta: Delta,
): DeltaRow {
  const deltas = anchor[0]!.bytes.map((_, picture) =>
    delta(curve(anchor, measure, picture), curve(test, measure, picture)),
  );
  const found = deltas.filter((each) => each.value !== null);
  const reasons = deltas.flatMap((each) => (each.value === null ? [each.reason] : []));
  return {
    meanOfPictures: meanInterval(found.map(({ value }) => value)),
    overlap: found.reduce((sum, { overlap }) => sum + overlap, 0) / found.length,
    without: reasons,
    curveOfMeans: delta(curveOfMeans(anchor, measure), curveOfMeans(test, measure)),
  };
}

function curve(points: readonly CodedPoint[], measure: string, picture: number): RatePoint[] {
  return points.map(({ bitsPerPixel, measures }) => ({
    rate: bitsPerPixel[picture]!,
    quality: measures[measure]![picture]!,
  }));
}

function curveOfMeans(points: readonly CodedPoint[], measure: string): RatePoint[] {
  return points
    .map(meanPoint)
    .map((point) => ({ rate: point.bitsPerPixel, quality: point.measures[measure]! }));
}
