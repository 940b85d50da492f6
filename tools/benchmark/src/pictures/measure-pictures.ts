import { NacreError } from "@nacre/errors";
import { type BdOptions, bdRate, pictureMetrics } from "@nacre/metrics";
import { type Comparison, compare } from "./bjontegaard.js";
import { type CodedPoint, codedPoints } from "./coded-points.js";
import type { Contender } from "./contender.js";
import { type NamedPicture, readPictures } from "./picture-files.js";
import { type MeanPoint, meanPoint } from "./rate-distortion.js";
import { losslessSanity, type SanityRow, selfSanity } from "./sanity.js";
import { png, sharpVersions } from "./sharp-contenders.js";

/** What a contender is, its curve of means, and the values of every picture. */
export type ContenderResult = Pick<Contender, "name" | "label" | "chroma" | "encoder"> & {
  curve: MeanPoint[];
  points: CodedPoint[];
};

/** Codecs side by side on a folder of pictures. */
export type PicturesResult = {
  versions: Record<string, string>;
  pictures: string[];
  pixels: number;
  measures: { name: string; label: string; unit: string; noValue: string }[];
  contenders: ContenderResult[];
  bjontegaard: { anchor: string; options: BdOptions; against: { name: string; measures: Comparison[] }[] };
  sanity: SanityRow[];
};

/**
 * Encodes and decodes every picture of a folder with every contender at all its settings.
 *
 * contenders  the first is the anchor
 * rates       bit per pixel within which they are compared
 * throws      NacreError "option" for no contender or an interval that is none, "media" as readPictures
 */
export async function measurePictures(
  folder: string,
  contenders: readonly Contender[],
  rates: { low: number; high: number },
  onPicture: (done: number, total: number) => void = () => {},
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
    return { name, label, chroma, encoder, curve: points.map(meanPoint), points };
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
