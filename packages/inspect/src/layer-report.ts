import { z } from "zod";

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const maybe = z.number().nullable();

const metricSchema = z.strictObject({
  name: z.string(),
  label: z.string(),
  short: z.string(),
  unit: z.string(),
  better: z.enum(["higher", "lower"]),
});

const layerSchema = z
  .strictObject({
    index: count.describe("place in the file, from 0; side layers count"),
    role: z.enum(["content", "side"]),
    prefix: count.describe("content layers up to and with this one"),
    grid: z.array(count).describe("codes along each axis of one channel, frames first"),
    stride: z.array(amount).describe("latent steps per code along each axis"),
    alphabet: z.int().positive(),
    codes: count.describe("codes of all channels"),
    nominalBitsPerFrame: amount.describe("codes in a frame, all channels, times log2(alphabet)"),
    nominalKbps: maybe.describe("what the layer would cost without entropy coding"),
    fileBytes: count.describe("bytes of the file that belong to the layer"),
    fileBits: count,
    kbps: maybe.describe("fileBits per duration"),
    entropyBits: amount.describe("per code, empirical, without context"),
    entropyBitsCorrected: amount.describe("with Miller's correction for few codes"),
    usage: z.number().min(0).max(1),
    perplexity: z.number().min(1),
    deadCodes: count,
    energyExplained: maybe.describe("1 - |z - sum|^2 / |z|^2 of the prefix that ends here"),
    energyAdded: maybe.describe("energyExplained minus that of the prefix before; 0 layers explain 0"),
    quality: z.record(z.string(), maybe).describe("of the sound decoded from the prefix, by metric name"),
    gain: z.record(z.string(), maybe).describe("improvement over the prefix before, positive is better"),
    missing: z.record(z.string(), z.string()).describe("why a value is null, by field, or by field.metric"),
  })
  .refine((layer) => nullFields(layer).every((field) => field in layer.missing), {
    error: "every null has a reason in missing",
    path: ["missing"],
  });

/**
 * The one schema of what inspection finds; table, page and notebooks read this alone. Rates are in 1000 bits per
 * second of all channels, container included only in totals. Numbers are finite: a value that does not exist is
 * null, and `missing` has the reason under its field's name.
 */
export const layerReportSchema = z.strictObject({
  schema: z.literal("nacre.layer-report/1"),
  model: z.string(),
  medium: z.literal("audio"),
  sampleRate: z.number().positive(),
  channels: count,
  duration: amount.describe("seconds"),
  totals: z.strictObject({
    bytes: count.describe("the file"),
    layerBytes: count,
    containerBytes: count.describe("bytes of the file that belong to no layer"),
    containerShare: maybe.describe("containerBytes / bytes; null for a file of no bytes"),
    kbps: maybe.describe("the file's bits per duration; null for a duration of 0"),
    contentLayers: count,
  }),
  metrics: z.array(metricSchema).describe("the measures in quality and gain, in the order to show"),
  layers: z.array(layerSchema),
});

/** What inspection found, as JSON; see layerReportSchema. */
export type LayerReport = z.infer<typeof layerReportSchema>;

/** One layer of a LayerReport. */
export type LayerReportRow = LayerReport["layers"][number];

/** Names of a layer's null values: "kbps", "quality.stoi". */
function nullFields(layer: Record<string, unknown>): string[] {
  return Object.entries(layer).flatMap(([field, value]) => {
    if (value === null) return [field];
    if (field !== "quality" && field !== "gain") return [];
    return nullFields(value as Record<string, unknown>).map((name) => `${field}.${name}`);
  });
}
