import { readFileSync } from "node:fs";
import { isNacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { coarse, flat, mapped, type PictureCase, syntheticPicture, withNoise } from "../test/picture.js";
import {
  msSsim,
  msSsimDecibels,
  msSsimSide,
  type PicturePlanes,
  pictureMetrics,
  psnrRgb,
  psnrYuv,
  similarityDecibels,
  ssim,
} from "./index.js";

type Row = PictureCase & { noise?: number; step?: number; measures: Record<string, number> };
const vectors: { synthetic: Row[] } = JSON.parse(
  readFileSync(new URL("../test/vectors/pictures.json", import.meta.url), "utf8"),
);

test.each(vectors.synthetic)(
  "every measure at $width x $height, $channels channels, peak $peak is what the reference programs say",
  (row) => {
    const original = syntheticPicture(row);
    const other = row.step ? coarse(original, row.step) : withNoise(original, row.noise!, row.seed + 100);
    const found = Object.fromEntries(
      pictureMetrics.map(({ name, measure }) => [name, measure(original, other)]),
    );
    for (const [name, value] of Object.entries(row.measures)) expect(found[name], name).toBeCloseTo(value, 9);
    expect("msSsim" in row.measures).toBe(Number.isFinite(found.msSsim));
  },
);

test("PSNR of an error of the same size everywhere is 20 log10(peak / error), in every convention", () => {
  const black = flat(7, 5, [0, 0, 0], 1023);
  const grey = flat(7, 5, [31, 31, 31], 1023);
  const expected = 20 * Math.log10(1023 / 31);
  expect(psnrRgb(black, grey)).toBeCloseTo(expected, 10);
  // Without an error of colour, the errors of chroma are zero and only 6 of 8 parts have one.
  for (const matrix of ["bt601", "bt709"] as const) {
    expect(psnrYuv(black, grey, { matrix, average: "errors" })).toBeCloseTo(
      expected + 10 * Math.log10(8 / 6),
      10,
    );
    expect(psnrYuv(black, grey, { matrix, average: "decibels" })).toBe(Number.POSITIVE_INFINITY);
  }
});

test("an error in blue alone is worth its share of Y, half of U, and its share of V", () => {
  const [black, blue] = [flat(4, 4, [0, 0, 0]), flat(4, 4, [0, 0, 51])];
  const decibels = (share: number) => 20 * Math.log10(255 / (51 * share));
  const [y, u, v] = [0.0722, 0.5, 0.0722 / (2 * (1 - 0.2126))];
  expect(psnrRgb(black, blue)).toBeCloseTo(decibels(Math.sqrt(1 / 3)), 10);
  expect(psnrYuv(black, blue, { matrix: "bt709", average: "decibels" })).toBeCloseTo(
    (6 * decibels(y) + decibels(u) + decibels(v)) / 8,
    10,
  );
  expect(psnrYuv(black, blue, { matrix: "bt709", average: "errors" })).toBeCloseTo(
    decibels(Math.sqrt((6 * y * y + u * u + v * v) / 8)),
    10,
  );
});

test("a grey picture's YUV figures are those of its luma", () => {
  const grey = syntheticPicture({ width: 40, height: 30, channels: 1, peak: 255, seed: 9 });
  const noisy = withNoise(grey, 5, 1);
  for (const average of ["errors", "decibels"] as const) {
    expect(psnrYuv(grey, noisy, { matrix: "bt601", average })).toBe(psnrRgb(grey, noisy));
  }
});

test("SSIM of two flat pictures is the luminance term alone, and MS-SSIM its power at the last scale", () => {
  const [a, b] = [flat(180, 170, [100, 50, 0]), flat(180, 170, [110, 60, 10])];
  const c1 = (0.01 * 255) ** 2;
  const luminance = [100, 50, 0].map((m) => (2 * m * (m + 10) + c1) / (m * m + (m + 10) ** 2 + c1));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(ssim(a, b)).toBeCloseTo(mean(luminance), 9);
  expect(msSsim(a, b)).toBeCloseTo(mean(luminance.map((value) => value ** 0.1333)), 9);
});

test("SSIM of a constant shift is below 1 only by the luminance, however much structure there is", () => {
  const picture = syntheticPicture({ width: 64, height: 64, channels: 3, peak: 255, seed: 11 });
  const halfway = mapped(picture, (value) => value / 2 + 60);
  const shifted = mapped(halfway, (value) => value + 5);
  const found = ssim(halfway, shifted);
  expect(found).toBeLessThan(1);
  // The darkest place bounds the loss: 1 - 2ab / (a^2 + b^2) = 5^2 / (a^2 + b^2) with a >= 60.
  expect(found).toBeGreaterThan(1 - 25 / (60 ** 2 + 65 ** 2));
});

test("the negative of a picture has a negative SSIM, and its MS-SSIM is 0", () => {
  const picture = withNoise(flat(176, 176, [128]), 120, 12);
  const negative = mapped(picture, (value) => 255 - value);
  expect(ssim(picture, negative)).toBeLessThan(0);
  expect(msSsim(picture, negative)).toBe(0);
  expect(msSsimDecibels(picture, negative)).toBe(0);
});

test("the form of the samples and a common factor of samples and peak change nothing", () => {
  const bytes = syntheticPicture({ width: 170, height: 165, channels: 3, peak: 255, seed: 13 });
  const noisy = withNoise(bytes, 9, 2);
  const fraction = (picture: PicturePlanes) => ({ ...mapped(picture, (value) => value / 255), peak: 1 });
  for (const { name, measure } of pictureMetrics) {
    expect(measure(fraction(bytes), fraction(noisy)), name).toBeCloseTo(measure(bytes, noisy), 9);
    expect(measure(noisy, bytes), name).toBeCloseTo(measure(bytes, noisy), 9);
  }
});

test("every measure finds little noise better than much, and equal pictures best", () => {
  const picture = syntheticPicture({ width: 176, height: 176, channels: 3, peak: 255, seed: 14 });
  for (const { name, better, measure } of pictureMetrics) {
    const values = [60, 12, 2].map((amplitude) => measure(picture, withNoise(picture, amplitude, 3)));
    values.push(measure(picture, picture));
    expect(
      values.toSorted((a, b) => (better === "higher" ? a - b : b - a)),
      name,
    ).toEqual(values);
    expect(new Set(values).size, name).toBe(4);
    expect(values[3], name).toBe(name === "ssim" || name === "msSsim" ? 1 : Number.POSITIVE_INFINITY);
  }
});

test("a measure that rescales another one, later in the list, gives the same by both ways", () => {
  const picture = syntheticPicture({ width: 176, height: 176, channels: 1, peak: 255, seed: 15 });
  const noisy = withNoise(picture, 20, 4);
  const rescaling = pictureMetrics.filter(({ rescales }) => rescales);
  expect(rescaling.map(({ name }) => name)).toEqual(["msSsimDecibels"]);
  for (const { rescales, measure } of rescaling) {
    const source = pictureMetrics.find(({ name }) => name === rescales!.name)!;
    expect(rescales!.convert(source.measure(picture, noisy))).toBe(measure(picture, noisy));
  }
});

test("pictures too small for a window have no value, and one more pixel gives them one", () => {
  const at = (width: number, height: number) => flat(width, height, [9, 8, 7]);
  expect([ssim(at(10, 40), at(10, 40)), ssim(at(40, 10), at(40, 10))]).toEqual([Number.NaN, Number.NaN]);
  expect(ssim(at(11, 11), at(11, 11))).toBe(1);
  expect(msSsimSide).toBe(161);
  expect([msSsim(at(160, 300), at(160, 300)), msSsim(at(300, 160), at(300, 160))]).toEqual([
    Number.NaN,
    Number.NaN,
  ]);
  expect(msSsimDecibels(at(160, 161), at(160, 161))).toBeNaN();
  expect(msSsim(at(161, 161), at(161, 161))).toBe(1);
});

test("a similarity of 0.9 is 10 dB, of 0 none", () => {
  expect(similarityDecibels(0.9)).toBeCloseTo(10, 10);
  expect(similarityDecibels(0)).toBe(0);
});

const plane = () => new Uint8Array(144);
const odd: [string, Partial<PicturePlanes>][] = [
  ["another width", { width: 9, height: 16 }],
  ["another number of channels", { planes: [plane()] }],
  ["another peak", { peak: 1023 }],
  ["transparency", { planes: [plane(), plane(), plane(), plane()] }],
  ["too few samples in blue", { planes: [plane(), plane(), new Uint8Array(143)] }],
  ["no pixels", { width: 0, height: 0, planes: [new Uint8Array(0)] }],
  ["no peak", { peak: Number.NaN }],
];

test.each(odd)("a picture with %s is refused by every measure", (_, change) => {
  const picture = { width: 12, height: 12, peak: 255, planes: [plane(), plane(), plane()] };
  for (const { name, measure } of pictureMetrics) {
    let thrown: unknown;
    try {
      measure(picture, { ...picture, ...change });
    } catch (error) {
      thrown = error;
    }
    expect(isNacreError(thrown) && thrown.code, name).toBe("shape");
  }
});
