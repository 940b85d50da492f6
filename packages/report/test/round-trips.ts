import { wavBytes } from "@nacre/media";
import { nacreColours } from "../src/colour-map.js";
import { dataUri } from "../src/html.js";
import { pngBytes } from "../src/png.js";
import type { Mean, RoundTripFile, RoundTripPoint, RoundTripReport } from "../src/round-trip/schema.js";

const made = {
  date: "2026-01-02T03:04:05.000Z",
  versions: { nacre: "0.1.0" },
  machine: { cpu: "an example", cores: 2, memoryGiB: 8, platform: "linux x64", node: "20.20.2" },
};

type Measure = RoundTripReport["measures"][number];

const measure = (name: string, label: string, unit: string, better: Measure["better"]): Measure => ({
  ...{ name, label, short: label, unit, better },
});

const soundMeasures = [
  measure("siSdr", "SI-SDR", "dB", "higher"),
  measure("melDistance", "Mel distance", "", "lower"),
  measure("stoi", "STOI", "", "higher"),
];

const pictureMeasures = [
  measure("psnrRgb", "PSNR of RGB", "dB", "higher"),
  measure("ssim", "SSIM", "", "higher"),
  measure("msSsim", "MS-SSIM", "", "higher"),
];

/** Made by hand: two sounds and one that failed, a model of four layers, Opus, and MP3 that is absent. */
export function soundRoundTrip(): RoundTripReport {
  const files = ["speech.wav", "music.wav"].map((name, at): RoundTripFile => {
    const points = [1, 2, 3, 4].flatMap((step) => [
      soundPoint("toy@1", `${step} layers`, 1.5 * step, step + at, { layers: step }),
      soundPoint("opus", `${6 * step} kbit/s`, 6 * step, 2 * step + at),
    ]);
    return {
      ...{ name, bytes: 96_044, facts: { seconds: 2, sampleRate: 24_000, channels: 1 }, points },
      original: { kind: "audio", href: tone(0) },
    };
  });
  const failed = { code: "media", sentence: "broken.wav holds no sound" };
  return {
    ...{ schema: "nacre.round-trip/1", medium: "audio", rateUnit: "kbit/s" },
    made: {
      ...made,
      command: "nacre-audio report speech.wav music.wav broken.wav -o out/ --against opus,mp3",
      models: [{ id: "toy@1", decodeHash: "0123456789abcdef" }],
    },
    measures: soundMeasures,
    contenders: [
      { name: "toy@1", kind: "model", version: "1" },
      { name: "opus", kind: "baseline", version: "libopus in opusscript 0.1.1" },
      {
        name: "mp3",
        kind: "baseline",
        version: "",
        absent: "no MP3 encoder is installed; put ffmpeg on the PATH",
      },
    ],
    files: [...files, { name: "broken.wav", bytes: 12, facts: {}, points: [], failed }],
    ...summary(files, soundMeasures, "toy@1", "opus"),
    mediaNote: "All files can be heard; they are in the page.",
  };
}

/** Made by hand: two pictures, a model of four layers, JPEG and WebP. */
export function pictureRoundTrip(): RoundTripReport {
  const files = ["coffee.png", 'a <b> & "c".png'].map((name, at): RoundTripFile => {
    const points = [1, 2, 3, 4].flatMap((step) => [
      picturePoint("toy@1", `${step} layers`, 0.2 * step, step + at, { layers: step }),
      picturePoint("jpeg", `quality ${20 * step}`, 0.25 * step, step + at - 0.5),
    ]);
    return {
      ...{ name, bytes: 5120, facts: { width: 16, height: 16, colour: "rgb", bitDepth: 8 }, points },
      original: { kind: "image", href: stripes(16) },
    };
  });
  return {
    ...{ schema: "nacre.round-trip/1", medium: "image", rateUnit: "bit/pixel" },
    made: {
      ...made,
      command: "nacre-image report pictures/ -o out/ --against jpeg",
      models: [{ id: "toy@1", decodeHash: "0123456789abcdef", encodeHash: "fedcba9876543210" }],
    },
    measures: pictureMeasures,
    contenders: [
      { name: "toy@1", kind: "model", version: "1" },
      { name: "jpeg", kind: "baseline", version: "mozjpeg in sharp 0.35.5" },
    ],
    files,
    ...summary(files, pictureMeasures, "toy@1", "jpeg"),
  };
}

function soundPoint(
  contender: string,
  setting: string,
  rate: number,
  step: number,
  more: { layers?: number } = {},
): RoundTripPoint {
  const noStoi = contender === "opus" && step === 2;
  return {
    ...{ contender, setting, ...more, bytes: Math.round((rate * 2000) / 8), rate },
    values: { siSdr: 3 * step - 4, melDistance: 2 / (1 + step), stoi: noStoi ? null : 1 - 0.3 / step },
    missing: noStoi ? { stoi: "failed: an example of a measure that broke off" } : {},
    media: { kind: "audio", href: tone(step), gain: 0.25 * step },
  };
}

function picturePoint(
  contender: string,
  setting: string,
  rate: number,
  step: number,
  more: { layers?: number } = {},
): RoundTripPoint {
  return {
    ...{ contender, setting, ...more, bytes: Math.round((rate * 256) / 8), rate },
    values: { psnrRgb: 24 + 3 * step, ssim: 1 - 0.2 / (1 + step), msSsim: null },
    missing: { msSsim: "a side is under 161 pixels" },
    media: { kind: "image", href: stripes(16 - 2 * step) },
  };
}

/** What is found over files; the interval is only a place holder: as wide as the two files are apart. */
function summary(files: RoundTripFile[], measures: Measure[], model: string, baseline: string) {
  const curves = [model, baseline].map((contender) => {
    const [first, second] = files.map(({ points }) =>
      points.filter((point) => point.contender === contender),
    );
    const points = first!.map((one, at) => {
      const other = second![at]!;
      const values = measures.map(
        ({ name }) => [name, meanOf(one.values[name]!, other.values[name]!)] as const,
      );
      const nulls = values.filter(([, value]) => value === null);
      return {
        ...{ setting: one.setting, ...(one.layers === undefined ? {} : { layers: one.layers }), files: 2 },
        rate: meanOf(one.rate, other.rate)!,
        values: Object.fromEntries(values),
        missing: Object.fromEntries(nulls.map(([name]) => [name, one.missing[name] ?? other.missing[name]!])),
      };
    });
    return { contender, points };
  });
  const without = files.map(({ name }) => ({ file: name, reason: "the curves share no quality" }));
  return {
    curves,
    bdRates: measures.map(({ name }, at) =>
      at === 0
        ? {
            against: baseline,
            measure: name,
            percent: { mean: -12.5, low: -20, high: -5 },
            files: 2,
            without: [],
          }
        : { against: baseline, measure: name, percent: null, files: 0, without, missing: "no file has one" },
    ),
    layers: [1, 2, 3, 4].map((prefix) => layerOf(prefix, measures)),
    use: [0, 1, 2, 3].map((layer) => ({
      layer,
      counts: Array.from({ length: 16 - 2 * layer }, (_, rank) => Math.round(400 / (rank + 1 + layer))),
    })),
    worst: Object.fromEntries(measures.map(({ name }) => [name, files.map((file) => file.name)])),
  };
}

function layerOf(prefix: number, measures: Measure[]): RoundTripReport["layers"][number] {
  const step = { mean: 3 / prefix, low: 2.5 / prefix, high: 3.5 / prefix };
  const known = measures.filter(({ name }) => name !== "msSsim");
  const of = (value: Mean | null) =>
    Object.fromEntries(measures.map((each) => [each.name, known.includes(each) ? value : null]));
  const reasons = (field: string, shown: Measure[], reason: string) =>
    Object.fromEntries(shown.map(({ name }) => [`${field}.${name}`, reason]));
  const small = measures.filter((each) => !known.includes(each));
  return {
    ...{ index: prefix - 1, role: "content", prefix, alphabet: 16, files: 2, codes: 1200, rate: 1.5 },
    ...{ entropyBits: 3.2, entropyBitsCorrected: 3.25, usage: (18 - 2 * prefix) / 16, perplexity: 2 ** 3.2 },
    deadCodes: 2 * prefix - 2,
    energyAdded: { mean: 0.5 ** prefix, low: 0.4 ** prefix, high: 0.6 ** prefix },
    quality: of({ mean: 3 * prefix, low: 3 * prefix - 1, high: 3 * prefix + 1 }),
    gain: of(prefix === 1 ? null : step),
    missing: {
      ...reasons("quality", small, "a side is under 161 pixels"),
      ...reasons("gain", small, "a side is under 161 pixels"),
      ...(prefix === 1 ? reasons("gain", known, "no content layer comes before") : {}),
    },
  };
}

function meanOf(one: number | null, other: number | null): Mean | null {
  if (one === null || other === null) return null;
  return { mean: (one + other) / 2, low: Math.min(one, other), high: Math.max(one, other) };
}

/** A fifth of a second; the noise over the tone sinks with each step, 0 is clean. */
function tone(step: number): string {
  const samples = Float32Array.from({ length: 1600 }, (_, i) => {
    const noise = step === 0 ? 0 : Math.sin(i * i) / (4 * step);
    return 0.3 * (Math.sin(i / 4) + noise);
  });
  return dataUri("audio/wav", wavBytes({ sampleRate: 8000, channels: [samples] }));
}

/** 16 x 16 pixels: a ramp in the upper rows, one colour below them. */
function stripes(height: number): string {
  const pixels = Uint8Array.from({ length: 256 }, (_, at) =>
    Math.floor(at / 16) < height ? (at % 16) * 16 : 128,
  );
  return dataUri("image/png", pngBytes(pixels, 16, nacreColours()));
}
