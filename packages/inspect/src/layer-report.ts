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
    index: count.describe("place in the file, from 0; layers of all roles count"),
    role: z.enum(["content", "side", "alpha"]),
    prefix: count.describe("content layers up to and with this one"),
    grid: z.array(count).describe("codes along each axis of one channel: frames first, or rows and columns"),
    stride: z.array(amount).describe("latent steps per code along each axis"),
    alphabet: z.int().positive(),
    codes: count.describe("codes of all channels"),
    nominalBitsPerPlace: amount.describe("codes of a frame or position, all channels, times log2(alphabet)"),
    nominalRate: maybe.describe("what the layer would cost without entropy coding"),
    fileBytes: count.describe("bytes of the file that belong to the layer"),
    fileBits: count,
    rate: maybe.describe("fileBits in rateUnit"),
    entropyBits: amount.describe("per code, empirical, without context"),
    entropyBitsCorrected: amount.describe("with Miller's correction for few codes"),
    conditionalEntropyBits: maybe.describe(
      "per code, empirical, where the code of the content layer below at the same place is known",
    ),
    contextBits: maybe.describe("per code, by the probabilities that the codec codes it with"),
    usage: z.number().min(0).max(1),
    perplexity: z.number().min(1),
    deadCodes: count,
    energyExplained: maybe.describe("1 - |z - sum|^2 / |z|^2 of the prefix that ends here"),
    energyAdded: maybe.describe("energyExplained minus that of the prefix before; 0 layers explain 0"),
    quality: z.record(z.string(), maybe).describe("of the signal decoded from the prefix, by metric name"),
    gain: z.record(z.string(), maybe).describe("improvement over the prefix before, positive is better"),
    loss: z
      .record(z.string(), maybe)
      .describe("how much worse than all layers it is without this one and those above it, which need it"),
    missing: z.record(z.string(), z.string()).describe("why a value is null, by field, or by field.metric"),
  })
  .refine((layer) => nullFields(layer).every((field) => field in layer.missing), {
    error: "every null has a reason in missing",
    path: ["missing"],
  });

const anyMedium = {
  schema: z.literal("nacre.layer-report/2"),
  model: z.string(),
  totals: z.strictObject({
    bytes: count.describe("the file"),
    layerBytes: count,
    containerBytes: count.describe("bytes of the file that belong to no layer"),
    containerShare: maybe.describe("containerBytes / bytes; null for a file of no bytes"),
    rate: maybe.describe("the file's bits in rateUnit; null for a signal of no length"),
    contentLayers: count,
  }),
  metrics: z.array(metricSchema).describe("the measures in quality, gain and loss, in the order to show"),
  layers: z.array(layerSchema),
};

const soundReportSchema = z.strictObject({
  ...anyMedium,
  medium: z.literal("audio"),
  rateUnit: z.literal("kbit/s").describe("1000 bits per second of all channels"),
  sampleRate: z.number().positive(),
  channels: count,
  duration: amount.describe("seconds"),
});

const tileSchema = z.strictObject({
  row: count,
  column: count,
  rows: count,
  columns: count,
  kind: z.string(),
});

const pictureReportSchema = z.strictObject({
  ...anyMedium,
  medium: z.literal("image"),
  rateUnit: z.literal("bit/pixel"),
  width: z.int().positive(),
  height: z.int().positive(),
  colour: z.enum(["rgb", "grey"]),
  bitDepth: z.union([z.literal(8), z.literal(16)]),
  tiles: z.array(tileSchema).describe("tiles that are not stored in layers, in pixels").optional(),
  storedBytes: count.describe("what those take, alpha aside; part of totals.bytes").optional(),
});

/**
 * The one schema of what inspection finds in any medium; table, page and notebooks read this alone. Rates count the
 * container in totals alone. Numbers are finite: a value that does not exist is null, and `missing` has the reason
 * under its field's name.
 */
export const layerReportSchema = z.discriminatedUnion("medium", [soundReportSchema, pictureReportSchema]);

/** What inspection found, as JSON; see layerReportSchema. */
export type LayerReport = z.infer<typeof layerReportSchema>;

/** What was found in a sound. */
export type SoundReport = z.infer<typeof soundReportSchema>;

/** What was found in a picture. */
export type PictureReport = z.infer<typeof pictureReportSchema>;

/** One layer of a LayerReport. */
export type LayerReportRow = LayerReport["layers"][number];

const records = ["quality", "gain", "loss"];

/** Names of a layer's null values: "rate", "quality.stoi". */
function nullFields(layer: Record<string, unknown>): string[] {
  return Object.entries(layer).flatMap(([field, value]) => {
    if (value === null) return [field];
    if (!records.includes(field)) return [];
    return nullFields(value as Record<string, unknown>).map((name) => `${field}.${name}`);
  });
}
