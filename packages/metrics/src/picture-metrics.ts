import { msSsim, msSsimDecibels, similarityDecibels } from "./ms-ssim.js";
import type { PicturePlanes } from "./picture.js";
import { psnrRgb, psnrYuv, type YuvAverage, type YuvMatrix } from "./psnr.js";
import { ssim } from "./ssim.js";

/**
 * One measure of how true a decoded picture is to its original.
 *
 * name       the key in reports; never changes its meaning
 * label      for people
 * short      for the head of a narrow column
 * unit       "" where it has none; what is in dB can be averaged over pictures and given to bdRate
 * better     the direction of better values
 * noValue    a sentence: when `measure` answers NaN or an infinity
 * rescales   the measure whose values `convert` turns into those of this one, for who has them already
 * measure    throws NacreError "shape" unless both are grey or RGB and of one size and peak
 */
export type PictureMetric = {
  name: string;
  label: string;
  short: string;
  unit: string;
  better: "higher" | "lower";
  noValue: string;
  rescales?: { name: string; convert(value: number): number };
  measure(reference: PicturePlanes, estimate: PicturePlanes): number;
};

const equal = "the pictures are equal";
const equalPlane = "the pictures are equal, or one of their colour planes is";

const yuv = (matrix: YuvMatrix, average: YuvAverage) => (reference: PicturePlanes, estimate: PicturePlanes) =>
  psnrYuv(reference, estimate, { matrix, average });

/** Every measure that benchmarks take of pictures, in the order in which they are shown. */
export const pictureMetrics: readonly PictureMetric[] = [
  {
    name: "psnrRgb",
    label: "PSNR of RGB",
    short: "PSNR",
    unit: "dB",
    better: "higher",
    noValue: equal,
    measure: psnrRgb,
  },
  {
    name: "psnrYuv601Decibels",
    label: "PSNR of BT.601 YUV, dB averaged 6:1:1",
    short: "YUV601 dB",
    unit: "dB",
    better: "higher",
    noValue: equalPlane,
    measure: yuv("bt601", "decibels"),
  },
  {
    name: "psnrYuv601Errors",
    label: "PSNR of BT.601 YUV, errors averaged 6:1:1",
    short: "YUV601 MSE",
    unit: "dB",
    better: "higher",
    noValue: equal,
    measure: yuv("bt601", "errors"),
  },
  {
    name: "psnrYuv709Decibels",
    label: "PSNR of BT.709 YUV, dB averaged 6:1:1",
    short: "YUV709 dB",
    unit: "dB",
    better: "higher",
    noValue: equalPlane,
    measure: yuv("bt709", "decibels"),
  },
  {
    name: "psnrYuv709Errors",
    label: "PSNR of BT.709 YUV, errors averaged 6:1:1",
    short: "YUV709 MSE",
    unit: "dB",
    better: "higher",
    noValue: equal,
    measure: yuv("bt709", "errors"),
  },
  {
    name: "ssim",
    label: "SSIM",
    short: "SSIM",
    unit: "",
    better: "higher",
    noValue: "a side is under 11 pixels",
    measure: ssim,
  },
  {
    name: "msSsim",
    label: "MS-SSIM",
    short: "MS-SSIM",
    unit: "",
    better: "higher",
    noValue: "a side is under 161 pixels",
    measure: msSsim,
  },
  {
    name: "msSsimDecibels",
    label: "MS-SSIM in decibels",
    short: "MS-SSIM dB",
    unit: "dB",
    better: "higher",
    noValue: "the pictures are equal, or a side is under 161 pixels",
    rescales: { name: "msSsim", convert: similarityDecibels },
    measure: msSsimDecibels,
  },
];

/** Every measure of a decoded picture, by name; what is a rescaled other one is not taken twice. throws as `measure` */
export function pictureMeasures(original: PicturePlanes, decoded: PicturePlanes): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { name, rescales, measure } of pictureMetrics) {
    const known = rescales && values[rescales.name];
    values[name] = known === undefined ? measure(original, decoded) : rescales!.convert(known);
  }
  return values;
}
