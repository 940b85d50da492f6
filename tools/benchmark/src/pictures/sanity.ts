import { compare } from "./bjontegaard.js";
import { type CodedPoint, codedPoints } from "./coded-points.js";
import type { Contender } from "./contender.js";
import type { NamedPicture } from "./picture-files.js";

/** A row whose outcome is known beforehand: where it does not hold, the way of measuring is broken. */
export type SanityRow = { what: string; expected: string; holds: boolean };

/** A codec that loses nothing, at its one setting. */
export async function losslessSanity(
  lossless: Contender,
  pictures: readonly NamedPicture[],
): Promise<SanityRow> {
  const [{ measures }] = (await codedPoints(lossless, pictures, () => {})) as [CodedPoint];
  const every = (name: string, value: number) => measures[name]!.every((found) => found === value);
  return {
    what: `every picture through ${lossless.label}, which loses nothing`,
    expected: "PSNR of RGB without bound and MS-SSIM of exactly 1, for every picture",
    holds: every("psnrRgb", Number.POSITIVE_INFINITY) && every("msSsim", 1),
  };
}

/** The anchor beside itself, over all its rates. */
export function selfSanity({ name, points }: { name: string; points: readonly CodedPoint[] }): SanityRow {
  const rows = compare(points, points, {});
  return {
    what: `${name} compared with itself`,
    expected: "a BD-rate of 0 % and a BD-PSNR of 0 dB by every measure, for every picture",
    holds: rows.every(({ rate, quality }) =>
      [rate, quality].every(
        ({ meanOfPictures: { low, high, count }, curveOfMeans }) =>
          low === 0 && high === 0 && count === points[0]!.bytes.length && curveOfMeans.value === 0,
      ),
    ),
  };
}
