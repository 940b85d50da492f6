import { NacreError } from "@nacre/errors";
import { audioMetrics, type PicturePlanes, pictureMeasures, pictureMetrics } from "@nacre/metrics";
import type { Audio, Picture } from "@nacre/signal";
import type { PictureReport, SoundReport } from "./layer-report.js";
import { finite, type Metric, noQuality, quality, type Value } from "./quality.js";
import type { InspectSubject, PictureSubject, SoundSubject, Variant } from "./subject.js";

type Facts<Report> = Omit<
  Report,
  "schema" | "model" | "totals" | "metrics" | "measures" | "layers" | "whole" | "missing"
>;

/**
 * What a medium has of its own; all else of inspection is the same for every one.
 *
 * facts        of the signal, as the report has them
 * channels     that every layer has codes of
 * placeAxes    leading axes of a grid that count places: frames, or rows and columns
 * extent       what bits are divided by to be a rate
 * storedBytes  of the file that are coded, but not in layers
 * noExtent     why there is no rate where that is 0
 * qualityOf    measures of the first k content layers; absent where the original was not given
 * qualityWith  the same of a variant, and of the signal that the encoder's first blocks give; absent where the subject
 * qualityFrom  has none
 */
export type MediumView = {
  facts: Facts<SoundReport> | Facts<PictureReport>;
  channels: number;
  placeAxes: number;
  extent: number;
  storedBytes: number;
  noExtent: string;
  metrics: readonly Metric[];
  qualityOf?: (k: number) => Promise<Map<string, Value>>;
  qualityWith?: (variant: Variant) => Promise<Map<string, Value>>;
  qualityFrom?: (blocks: number) => Promise<Map<string, Value>>;
};

/** The view of a subject. throws NacreError "shape" when the original is not of the subject's form */
export function mediumView(subject: InspectSubject): MediumView {
  const view = subject.medium === "audio" ? soundView(subject) : pictureView(subject);
  const { qualityOf, metrics } = view;
  const { undecodable } = subject;
  if (!qualityOf || !undecodable) return view;
  const qualityOrReason = async (k: number) => {
    const reason = undecodable(k);
    return reason === undefined ? qualityOf(k) : noQuality(metrics, reason);
  };
  return { ...view, qualityOf: qualityOrReason };
}

function soundView(subject: SoundSubject): MediumView {
  const { sampleRate, duration, layers, original } = subject;
  if (original && original.sampleRate !== sampleRate) {
    throw misfit(`an original at ${original.sampleRate} Hz`, `the subject's ${sampleRate} Hz`);
  }
  const channels = original?.channels.length ?? layers[0]?.length ?? 0;
  return {
    facts: {
      ...{ medium: "audio", rateUnit: "kbit/s", sampleRate, duration },
      channels: layers[0]?.length ?? channels,
    },
    ...{ channels, placeAxes: 1, storedBytes: 0 },
    ...{ extent: 1000 * duration, noExtent: "the sound has no duration" },
    metrics: audioMetrics,
    ...(original && qualities(subject, (decoded: Audio) => quality(original, decoded))),
  };
}

function pictureView(subject: PictureSubject): MediumView {
  const { width, height, colour, bitDepth, tiles, storedBytes = 0, original } = subject;
  const [expected, found] = [form(subject), form(original ?? subject)];
  if (expected !== found) throw misfit(`an original of ${found}`, `the subject's ${expected}`);
  const facts = { medium: "image", rateUnit: "bit/pixel", width, height, colour, bitDepth } as const;
  return {
    facts: { ...facts, ...(tiles && { tiles, storedBytes }) },
    ...{ channels: 1, placeAxes: 2, storedBytes },
    ...{ extent: width * height, noExtent: "the picture has no pixels" },
    metrics: pictureMetrics,
    ...(original && qualities(subject, (decoded: Picture) => pictureQuality(original, decoded))),
  };
}

/** What can decode the same signal in several ways. */
type Decoding<Signal> = {
  decode(k: number): Promise<Signal>;
  variant?(variant: Variant): Promise<Signal>;
  reencoded?(blocks: number): Promise<Signal>;
};

/** Quality of prefixes, and of other ways to decode where there are any. */
function qualities<Signal>(
  { decode, variant, reencoded }: Decoding<Signal>,
  measured: (decoded: Signal) => Map<string, Value>,
): Pick<MediumView, "qualityOf" | "qualityWith" | "qualityFrom"> {
  return {
    qualityOf: async (k) => measured(await decode(k)),
    ...(variant && { qualityWith: async (which: Variant) => measured(await variant(which)) }),
    ...(reencoded && { qualityFrom: async (blocks: number) => measured(await reencoded(blocks)) }),
  };
}

/** Every measure of a decoded picture's colours; alpha is kept without loss. */
function pictureQuality(original: Picture, decoded: Picture): Map<string, Value> {
  const values = pictureMeasures(measurable(original), measurable(decoded));
  return new Map(pictureMetrics.map(({ name, noValue }) => [name, finite(values[name]!, noValue)]));
}

function measurable({ width, height, bitDepth, planes }: Picture): PicturePlanes {
  return { width, height, peak: 2 ** bitDepth - 1, planes };
}

function form({ width, height, colour, bitDepth }: PictureSubject | Picture): string {
  return `${width} x ${height} pixels, ${colour}, ${bitDepth} bits`;
}

function misfit(found: string, expected: string): NacreError {
  return new NacreError("shape", { found, expected });
}
