import { checkPicturePair, type PictureChannel, type PicturePlanes } from "./picture.js";

/** Which red, green and blue make luma: BT.601 (JPEG, Kodak tables) or BT.709 (HD video, DCVC). */
export type YuvMatrix = "bt601" | "bt709";

/**
 * How three planes become one figure, weighted 6 : 1 : 1.
 *
 * decibels  (6 PSNR_Y + PSNR_U + PSNR_V) / 8: what video papers report
 * errors    the PSNR of (6 MSE_Y + MSE_U + MSE_V) / 8: a plane that is nearly exact cannot lift it
 */
export type YuvAverage = "decibels" | "errors";

const primaries: Readonly<Record<YuvMatrix, { red: number; blue: number }>> = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
};

/**
 * Peak signal-to-noise ratio in dB, 10 log10(peak^2 / MSE), with the squared error averaged over all pixels and
 * all channels alike; of a grey picture it is that of its one channel. Higher is better.
 *
 * returns  +Infinity for equal pictures; NaN where a sample is NaN
 * throws   NacreError "shape" when the pictures differ in size, planes or peak, or are neither grey nor RGB
 */
export function psnrRgb(reference: PicturePlanes, estimate: PicturePlanes): number {
  checkPicturePair(reference, estimate);
  const { planes, peak } = reference;
  const sum = planes.reduce((total, plane, c) => total + squaredError(plane, estimate.planes[c]!), 0);
  return psnrOf(sum / (planes.length * planes[0]!.length), peak);
}

/**
 * PSNR in dB of luma and the two colour differences together, weighted 6 : 1 : 1. RGB is turned into full-range
 * Y, U, V of the same peak without rounding and at full size: chroma is not halved. Higher is better. A grey
 * picture has luma alone, so its figure is psnrRgb.
 *
 * returns  +Infinity for equal pictures, and for "decibels" as soon as one plane is equal; then "errors" tells more
 * throws   NacreError "shape" as psnrRgb
 *
 * ITU-R BT.601-7, section 2.5; BT.709-6, section 3.
 */
export function psnrYuv(
  reference: PicturePlanes,
  estimate: PicturePlanes,
  { matrix, average }: { matrix: YuvMatrix; average: YuvAverage },
): number {
  checkPicturePair(reference, estimate);
  if (reference.planes.length === 1) return psnrRgb(reference, estimate);
  const [y, u, v] = yuvErrors(reference, estimate, matrix);
  const { peak } = reference;
  if (average === "errors") return psnrOf((6 * y + u + v) / 8, peak);
  return (6 * psnrOf(y, peak) + psnrOf(u, peak) + psnrOf(v, peak)) / 8;
}

function squaredError(a: PictureChannel, b: PictureChannel): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

function psnrOf(meanSquaredError: number, peak: number): number {
  return 10 * Math.log10((peak * peak) / meanSquaredError);
}

/** Mean squared errors of Y, U and V. The transform is linear, so it is applied to the difference alone. */
function yuvErrors(
  reference: PicturePlanes,
  estimate: PicturePlanes,
  matrix: YuvMatrix,
): [number, number, number] {
  const [redA, greenA, blueA] = reference.planes as RgbPlanes;
  const [redB, greenB, blueB] = estimate.planes as RgbPlanes;
  const { red, blue } = primaries[matrix];
  const green = 1 - red - blue;
  let [y, u, v] = [0, 0, 0];
  for (let i = 0; i < redA.length; i++) {
    const r = redA[i]! - redB[i]!;
    const g = greenA[i]! - greenB[i]!;
    const b = blueA[i]! - blueB[i]!;
    y += (red * r + green * g + blue * b) ** 2;
    // B - Y and R - Y in differences of colours, so that an error without colour has exactly none here.
    u += ((red * (b - r) + green * (b - g)) / (2 * (1 - blue))) ** 2;
    v += ((green * (r - g) + blue * (r - b)) / (2 * (1 - red))) ** 2;
  }
  const pixels = redA.length;
  return [y / pixels, u / pixels, v / pixels];
}

type RgbPlanes = [PictureChannel, PictureChannel, PictureChannel];
