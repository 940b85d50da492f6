import type { Value } from "@nacre/inspect";
import {
  atEqualBytes,
  type ClassicalCodec,
  classicalCodecs,
  pictureBytes,
  plainPicture,
  readPicture,
} from "@nacre/media/pictures";
import { type PicturePlanes, pictureMeasures, pictureMetrics } from "@nacre/metrics";
import type { Picture } from "@nacre/signal";
import type { Baseline, TripMedium } from "./trip-medium.js";

/** Pictures there and back; measures are of colours, for alpha is kept without loss. */
export const pictureMedium: TripMedium<Picture> = {
  medium: "image",
  rateUnit: "bit/pixel",
  measures: pictureMetrics.map(({ name, label, short, unit, better }) => ({
    name,
    label,
    short,
    unit,
    better,
  })),
  chief: "psnrRgb",
  baselines: classicalCodecs.map(baseline),
  read: ({ path, bytes }) => readPicture(path ?? bytes()),
  extent: ({ width, height }) => width * height,
  facts: ({ width, height, colour, bitDepth, alpha }) => ({
    ...{ width, height, colour, bitDepth, alpha: alpha ? "yes" : "no" },
  }),
  measure(original, decoded) {
    const values = pictureMeasures(measurable(original), measurable(decoded));
    return new Map(
      pictureMetrics.map(({ name, noValue }): [string, Value] => {
        const value = values[name]!;
        return [name, Number.isFinite(value) ? { value } : { value: null, reason: noValue }];
      }),
    );
  },
  async specimen(picture) {
    const { bytes } = await pictureBytes(picture, { format: "png" });
    return { kind: "image", ending: ".png", type: "image/png", bytes };
  },
};

/** Rates are met by the best quality that takes no more. */
function baseline(codec: ClassicalCodec): Baseline<Picture> {
  return {
    name: codec.name,
    version: codec.version,
    trials(picture, rates) {
      const plain = plainPicture(picture, "the picture");
      const pixels = picture.width * picture.height;
      const trial = (setting: string, encode: () => Promise<Uint8Array>) => ({
        setting,
        async through() {
          const file = await encode();
          return { decoded: inFormOf(picture, await readPicture(file)), bytes: file.length };
        },
      });
      if (!rates) return codec.settings.map((q) => trial(`quality ${q}`, () => codec.encode(plain, q)));
      return rates.map((rate) =>
        trial(`${rate} bit/pixel`, async () => {
          const { file } = await atEqualBytes(codec, plain, (rate * pixels) / 8, () => undefined);
          return file;
        }),
      );
    },
  };
}

/** What came back as 8-bit RGB, in the colours and depth of the original. */
function inFormOf({ width, height, colour, bitDepth }: Picture, { planes }: Picture): Picture {
  const chosen = colour === "grey" ? [planes[Math.min(1, planes.length - 1)]!] : planes;
  const deep =
    bitDepth === 8 ? chosen : chosen.map((plane) => Uint16Array.from(plane, (value) => 257 * value));
  return { width, height, colour, bitDepth, planes: deep };
}

function measurable({ width, height, bitDepth, planes }: Picture): PicturePlanes {
  return { width, height, peak: 2 ** bitDepth - 1, planes };
}
