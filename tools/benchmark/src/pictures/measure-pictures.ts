import { NacreError } from "@nacre/errors";
import { type BdOptions, bdRate, pictureMetrics } from "@nacre/metrics";
import { type Comparison, compare } from "./bjontegaard.js";
import { type CodedPoint, codedPoints } from "./coded-points.js";
import type { Contender } from "./contender.js";
import { type NamedPicture, readPictures } from "./picture-files.js";
import { type MeanPoint, meanPoint } from "./rate-distortion.js";
import { losslessSanity, type SanityRow, selfSanity } from "./sanity.js";
import { png, sharpVersions } from "./sharp-contenders.js";

/**
 * What a contender is, its curve of means, and the values of every picture.
 *
 * peakMemoryMiB  the most that the process held up to its end, whatever was measured before it included
 */
export type ContenderResult = Pick<Contender, "name" | "label" | "chroma" | "encoder"> & {
  curve: MeanPoint[];
  points: CodedPoint[];
  peakMemoryMiB: number;
};

/**
 * One contender against one other.
 *
 * options  with rates where bits per pixel are bounded; without, over all that the two curves have in common
 */
export type PairResult = { test: string; anchor: string; options: BdOptions; measures: Comparison[] };

/** Codecs side by side on a folder of pictures. */
export type PicturesResult = {
  versions: Record<string, string>;
  pictures: string[];
  pixels: number;
  measures: { name: string; label: string; unit: string; noValue: string }[];
  contenders: ContenderResult[];
  bjontegaard: { anchor: string; options: BdOptions; against: { name: string; measures: Comparison[] }[] };
  /** Ours against each other contender, within the rates and over all that their curves share. */
  pairs: PairResult[];
  sanity: SanityRow[];
};

/**
 * Encodes and decodes every picture of a folder with every contender at all its settings.
 *
 * contenders  the first is the anchor
 * own         name of the contender that is held against each other one, where it is there
 * rates       bit per pixel within which they are compared
 * throws      NacreError "option" for no contender or an interval that is none, "media" as readPictures
 */
export async function measurePictures(
  folder: string,
  contenders: readonly Contender[],
  rates: { low: number; high: number },
  onPicture: (done: number, total: number) => void = () => {},
  own = "nacre",
): Promise<PicturesResult> {
  if (contenders.length === 0) throw new NacreError("option", { found: "no codec", expected: "one or more" });
  // Without points it only judges the interval, before hours are spent.
  bdRate([], [], { rates });
  const pictures = await readPictures(folder);
  const total = pictures.length * contenders.reduce((sum, { settings }) => sum + settings.length, 0);
  let done = 0;
  const results: ContenderResult[] = [];
  for (const contender of contenders) {
    results.push(await measured(contender, pictures, () => onPicture(++done, total)));
  }
  return {
    versions: sharpVersions(),
    pictures: pictures.map(({ name }) => name),
    pixels: pictures.reduce((sum, { picture }) => sum + picture.width * picture.height, 0),
    measures: pictureMetrics.map(({ name, label, unit, noValue }) => ({ name, label, unit, noValue })),
    contenders: results,
    ...compared(results, { fit: "pchip", rates }),
    pairs: pairsOf(results, own, [{ fit: "pchip", rates }, { fit: "pchip" }]),
    sanity: [await losslessSanity(png, pictures), selfSanity(results[0]!)],
  };
}

async function measured(
  contender: Contender,
  pictures: readonly NamedPicture[],
  onPicture: () => void,
): Promise<ContenderResult> {
  const { name, label, chroma, encoder } = contender;
  try {
    const points = await codedPoints(contender, pictures, onPicture);
    const peakMemoryMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    return { name, label, chroma, encoder, curve: points.map(meanPoint), points, peakMemoryMiB };
  } finally {
    await contender.close?.();
  }
}

function compared(
  results: readonly ContenderResult[],
  options: BdOptions,
): Pick<PicturesResult, "bjontegaard"> {
  const [anchor, ...others] = results;
  const against = others.map(({ name, points }) => ({
    name,
    measures: compare(anchor!.points, points, options),
  }));
  return { bjontegaard: { anchor: anchor!.name, options, against } };
}

function pairsOf(results: readonly ContenderResult[], own: string, ways: readonly BdOptions[]): PairResult[] {
  const test = results.find(({ name }) => name === own);
  if (!test) return [];
  const others = results.filter((each) => each !== test);
  return ways.flatMap((options) =>
    others.map((anchor) => ({
      ...{ test: own, anchor: anchor.name, options },
      measures: compare(anchor.points, test.points, options),
    })),
  );
}
