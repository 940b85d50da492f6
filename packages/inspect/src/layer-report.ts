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

const fieldSchema = z.strictObject({ name: z.string(), label: z.string(), unit: z.string() });

const measureSchema = z.strictObject({
  name: z.string().describe("as --measures takes it, and as docs/measures names its page or a page names it"),
  title: z.string(),
  unit: z.string(),
  cost: z.enum(["cheap", "costly"]),
  page: z.string().describe("of docs/measures, without its ending"),
  rows: z.array(z.string()).describe("fields of a layer that it is; empty where `measures` has it"),
  fields: z.array(fieldSchema).describe("what it has in `measures` and `whole`, in the order to show"),
  index: z
    .strictObject({ label: z.string(), first: count })
    .optional()
    .describe("what a place in its lists in `whole` stands for, and the number of the first"),
});

const valuesSchema = z.record(z.string(), z.record(z.string(), z.union([maybe, z.array(z.number())])));

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
    measures: valuesSchema.describe("further measures of the layer: [measure][field]"),
    missing: z
      .record(z.string(), z.string())
      .describe("why a value is null, by field, field.metric or measures.measure.field"),
  })
  .refine((layer) => nullFields(layer).every((field) => field in layer.missing), {
    error: "every null has a reason in missing",
    path: ["missing"],
  });

const anyMedium = {
  schema: z.literal("nacre.layer-report/3"),
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
  measures: z.array(measureSchema).describe("the measures that were taken, in the order to show"),
  layers: z.array(layerSchema),
  whole: valuesSchema.describe("measures of the latent, the decoder or the signal as one: [measure][field]"),
  missing: z.record(z.string(), z.string()).describe("why a value in whole is null, by measure.field"),
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
export const layerReportSchema = z
  .discriminatedUnion("medium", [soundReportSchema, pictureReportSchema])
  .refine(({ whole, missing }) => nullFields(whole, 1).every((field) => field in missing), {
    error: "every null has a reason in missing",
    path: ["missing"],
  });

/** What inspection found, as JSON; see layerReportSchema. */
export type LayerReport = z.infer<typeof layerReportSchema>;

/** What was found in a sound. */
export type SoundReport = z.infer<typeof soundReportSchema>;

/** What was found in a picture. */
export type PictureReport = z.infer<typeof pictureReportSchema>;

/** One layer of a LayerReport. */
export type LayerReportRow = LayerReport["layers"][number];

/** layerReportSchema as JSON Schema (draft 2020-12), for notebooks in any language. */
export function layerReportJsonSchema(): object {
  return {
    $id: "nacre.layer-report/3",
    title: "What inspection found",
    ...z.toJSONSchema(layerReportSchema),
  };
}

const records = ["quality", "gain", "loss", "measures"];

/** Names of null values: "rate", "quality.stoi", "measures.anisotropy.meanCosine". */
function nullFields(values: Record<string, unknown>, depth = 0): string[] {
  return Object.entries(values).flatMap(([field, value]) => {
    if (value === null) return [field];
    const isRecord = depth > 0 ? typeof value === "object" && !Array.isArray(value) : records.includes(field);
    if (!isRecord) return [];
    return nullFields(value as Record<string, unknown>, depth + 1).map((name) => `${field}.${name}`);
  });
}
