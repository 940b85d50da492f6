import { NacreError } from "@nacre/errors";
import { type Curve, cubicFit, meanOver, pchipFit } from "./curve-fit.js";

/** A codec at one setting: rate in any unit above 0 (bit per pixel), quality in dB or whatever grows. */
export type RatePoint = { rate: number; quality: number };

/** How points become a curve: one cubic of least squares (VCEG-M33), or pieces that pass through all (JCT-VC). */
export type CurveFit = "cubic" | "pchip";

/**
 * fit    "pchip" unless told
 * rates  only this interval counts: each curve is cut where it leaves it, so that a codec is not judged by
 *        what it does at rates of no interest. Absent: all that the curves have in common.
 */
export type BdOptions = { fit?: CurveFit; rates?: { low: number; high: number } };

/**
 * A Bjontegaard delta, or why there is none.
 *
 * low, high  the interval of averaging: quality for bdRate, rate for bdPsnr
 * overlap    its share of what the two curves cover together, 0 .. 1; a small one says little about the codecs
 */
export type BjontegaardDelta =
  | { value: number; low: number; high: number; overlap: number }
  | { value: null; reason: string };

/** Points that a curve needs. */
export const bdPoints = 4;

/**
 * BD-rate: how many percent more rate than the anchor a codec needs for equal quality; below 0 it needs less.
 * The difference of log rates is averaged over the quality that both curves reach; no curve is extended.
 *
 * returns  value null with a reason when a curve has under four points, falls, repeats a value or is not
 *          finite, or when the two share no quality
 * throws   NacreError "option" for an interval of rates that is empty or not above 0
 *
 * Bjontegaard 2001, VCEG-M33, "Calculation of average PSNR differences between RD-curves".
 */
export function bdRate(
  anchor: readonly RatePoint[],
  test: readonly RatePoint[],
  options: BdOptions = {},
): BjontegaardDelta {
  const found = delta(anchor, test, options, "quality");
  return found.value === null ? found : { ...found, value: 100 * (10 ** found.value - 1) };
}

/**
 * BD-PSNR: how much better than the anchor a codec is at equal rate, in the unit of quality, averaged over
 * the logarithm of the rate. Values, reasons, errors and source as bdRate.
 */
export function bdPsnr(
  anchor: readonly RatePoint[],
  test: readonly RatePoint[],
  options: BdOptions = {},
): BjontegaardDelta {
  const found = delta(anchor, test, options, "rate");
  return found.value === null ? found : { ...found, low: 10 ** found.low, high: 10 ** found.high };
}

type Range = { low: number; high: number };
type Points = { rates: number[]; qualities: number[] };

/** The mean difference of log10 rates over quality, or of qualities over log10 rate. */
function delta(
  anchor: readonly RatePoint[],
  test: readonly RatePoint[],
  { fit = "pchip", rates }: BdOptions,
  over: "quality" | "rate",
): BjontegaardDelta {
  if (rates) checkInterval(rates);
  const flaw = flawOf(anchor, "anchor") ?? flawOf(test, "test");
  if (flaw !== undefined) return { value: null, reason: flaw };
  const [a, b] = [prepared(anchor), prepared(test)];
  const [rangeA, rangeB] = [rangeOf(a, over, rates), rangeOf(b, over, rates)];
  const [low, high] = [Math.max(rangeA.low, rangeB.low), Math.min(rangeA.high, rangeB.high)];
  if (!(low < high)) return { value: null, reason: apart(rangeA, rangeB, over, rates) };
  const value = meanOver(curveOf(b, over, fit), low, high) - meanOver(curveOf(a, over, fit), low, high);
  const whole = Math.max(rangeA.high, rangeB.high) - Math.min(rangeA.low, rangeB.low);
  return { value, low, high, overlap: (high - low) / whole };
}

function prepared(points: readonly RatePoint[]): Points {
  const sorted = points.toSorted((a, b) => a.rate - b.rate);
  return {
    rates: sorted.map(({ rate }) => Math.log10(rate)),
    qualities: sorted.map(({ quality }) => quality),
  };
}

function curveOf({ rates, qualities }: Points, over: "quality" | "rate", fit: CurveFit): Curve {
  const make = fit === "cubic" ? cubicFit : pchipFit;
  return over === "quality" ? make(qualities, rates) : make(rates, qualities);
}

/** What a curve covers on the axis of averaging, cut to the rates; low > high where it misses them. */
function rangeOf(points: Points, over: "quality" | "rate", interval?: Range): Range {
  const { rates, qualities } = points;
  const low = Math.max(rates[0]!, interval ? Math.log10(interval.low) : Number.NEGATIVE_INFINITY);
  const high = Math.min(rates.at(-1)!, interval ? Math.log10(interval.high) : Number.POSITIVE_INFINITY);
  if (over === "rate" || low > high) return { low, high };
  // The pieces never turn around, so both fits are cut at the same quality.
  const { at } = pchipFit(rates, qualities);
  return { low: at(low), high: at(high) };
}

function flawOf(points: readonly RatePoint[], who: string): string | undefined {
  if (points.length < bdPoints) return `the ${who} has ${points.length} points, ${bdPoints} are needed`;
  const bad = points.find(
    ({ rate, quality }) => !(rate > 0 && Number.isFinite(rate) && Number.isFinite(quality)),
  );
  if (bad) return `the ${who} has a point of rate ${bad.rate} and quality ${bad.quality}`;
  const sorted = points.toSorted((a, b) => a.rate - b.rate);
  const fall = sorted.findIndex(({ rate, quality }, i) => {
    const before = sorted[i - 1];
    return before !== undefined && !(rate > before.rate && quality > before.quality);
  });
  if (fall === -1) return undefined;
  return `the ${who} does not rise from rate ${sorted[fall - 1]!.rate} to ${sorted[fall]!.rate}`;
}

function checkInterval({ low, high }: Range): void {
  if (low > 0 && low < high && Number.isFinite(high)) return;
  throw new NacreError("option", {
    found: `an interval of rates from ${low} to ${high}`,
    expected: "two rates above 0, the lower first",
  });
}

function apart(anchor: Range, test: Range, over: "quality" | "rate", interval?: Range): string {
  const within = interval ? ` within the rates ${interval.low} to ${interval.high}` : "";
  const misses = [anchor, test].findIndex(({ low, high }) => low > high);
  if (misses !== -1) return `the ${["anchor", "test"][misses]} has no point${within}`;
  const span = ({ low, high }: Range) => (over === "rate" ? [10 ** low, 10 ** high] : [low, high]);
  const words = (range: Range) =>
    span(range)
      .map((value) => value.toPrecision(4))
      .join(" to ");
  return `the curves share no ${over}${within}: ${words(anchor)} and ${words(test)}`;
}
