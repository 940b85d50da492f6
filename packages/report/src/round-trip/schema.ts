import { z } from "zod";

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const reasons = z.record(z.string(), z.string());

const meanSchema = z
  .strictObject({ mean: z.number(), low: z.number(), high: z.number() })
  .describe("mean over files with its percentile bootstrap interval of 95 %");

const maybeMeans = z.record(z.string(), meanSchema.nullable());

const mediaSchema = z.strictObject({
  kind: z.enum(["audio", "image"]),
  href: z.string().describe("a data: URI, or a path relative to the page"),
  gain: z
    .number()
    .describe("decibels to add so that a decoded sound is as loud as its original; absent: 0")
    .optional(),
});

/** Values that are null need a reason under the measure's name. */
const valued = {
  values: z.record(z.string(), z.number().nullable()).describe("by measure, of the decoded signal"),
  missing: reasons.describe('why a value is null, by measure; "failed: why" where measuring broke off'),
};

const pointSchema = z
  .strictObject({
    contender: z.string(),
    setting: z.string().describe("in words: 3 layers, quality 60, 24 kbit/s"),
    layers: z.int().positive().describe("content layers, of a model's point").optional(),
    bytes: count.describe("of the whole file that was decoded"),
    rate: amount.describe("8 bytes over the signal's extent, in rateUnit"),
    ...valued,
    media: mediaSchema.describe("the decoded signal, where it was kept").optional(),
  })
  .refine(({ values, missing }) => explained(values, missing), {
    error: "every null has a reason in missing",
    path: ["missing"],
  });

/** One file of a report; see roundTripSchema. */
export const fileSchema = z.strictObject({
  name: z.string(),
  bytes: count.describe("of the file on the disk; 0 for a pipe or where it could not be read"),
  facts: z.record(z.string(), z.union([z.number(), z.string()])).describe("what the signal is, by name"),
  points: z.array(pointSchema).describe("by contender, rising in rate; empty for a file that failed"),
  without: reasons.describe("why a baseline that was asked for has no point, by contender").optional(),
  original: mediaSchema.describe("where it was kept").optional(),
  failed: z.strictObject({ code: z.string(), sentence: z.string() }).optional(),
});

const curvePointSchema = z
  .strictObject({
    setting: z.string(),
    layers: z.int().positive().optional(),
    rate: meanSchema,
    values: maybeMeans,
    missing: reasons.describe("why a mean is null, by measure"),
    files: z.int().positive().describe("that have the point"),
  })
  .refine(({ values, missing }) => explained(values, missing), {
    error: "every null has a reason in missing",
    path: ["missing"],
  });

const bdRateSchema = z
  .strictObject({
    against: z.string().describe("name of a baseline"),
    measure: z.string(),
    percent: meanSchema
      .nullable()
      .describe("rate that the model needs beyond the baseline at equal quality; below 0 it needs less"),
    files: count.describe("whose two curves overlap; the mean is over these"),
    without: z
      .array(z.strictObject({ file: z.string(), reason: z.string() }))
      .describe("files that have no BD-rate"),
    missing: z.string().describe("why percent is null").optional(),
  })
  .refine(({ percent, missing }) => percent !== null || missing !== undefined, {
    error: "a null has a reason in missing",
    path: ["missing"],
  });

const layerSchema = z
  .strictObject({
    index: count.describe("place in the table, from 0; layers of all roles count"),
    role: z.enum(["content", "side", "alpha"]),
    prefix: count.describe("content layers up to and with this one"),
    alphabet: z.int().positive(),
    files: z.int().positive().describe("that have the layer"),
    codes: count.describe("of all files and channels; what follows counts them together"),
    rate: amount.nullable().describe("mean over files of what the layer costs, in rateUnit"),
    entropyBits: amount.describe("per code, empirical, without context"),
    entropyBitsCorrected: amount.describe("with Miller's correction for few codes"),
    usage: z.number().min(0).max(1),
    perplexity: z.number().min(1),
    deadCodes: count,
    energyAdded: meanSchema.nullable().describe("share of the latent's energy that the layer explains"),
    quality: maybeMeans.describe("of the prefix that ends here, by measure"),
    gain: maybeMeans.describe("improvement over the prefix before, by measure; positive is better"),
    missing: reasons.describe("why a value is null, by field or field.measure"),
  })
  .refine(
    ({ rate, energyAdded, quality, gain, missing }) =>
      explained({ rate, energyAdded }, missing) &&
      explained(quality, missing, "quality.") &&
      explained(gain, missing, "gain."),
    { error: "every null has a reason in missing", path: ["missing"] },
  );

const useSchema = z.strictObject({
  layer: count.describe("index of a layer"),
  counts: z.array(amount).describe("uses of each code, the most used first, without those never used"),
});

const atlasSchema = z.strictObject({
  layer: count,
  codes: z.array(z.strictObject({ code: count, share: z.number().min(0).max(1), href: z.string() })),
});

const madeSchema = z.strictObject({
  command: z.string(),
  date: z.iso.datetime(),
  versions: z.record(z.string(), z.string()),
  machine: z.strictObject({
    cpu: z.string(),
    cores: count,
    memoryGiB: amount,
    platform: z.string(),
    node: z.string(),
  }),
  models: z.array(
    z.strictObject({ id: z.string(), decodeHash: z.string(), encodeHash: z.string().optional() }),
  ),
});

/**
 * What a round trip of files through a model and through baselines gave: the JSON that the page, `--compare` and
 * notebooks read. Numbers are finite; a value that does not exist is null, and its reason stands beside it.
 *
 * medium      what the files hold; rateUnit goes with it
 * measures    what is in every `values`, in the order to show; at least three
 * contenders  the model first; one that could not be run has a sentence in `absent` and no points
 * curves      means over files, by contender and setting, rising in rate
 * bdRates     of the model against each baseline, by file and then averaged
 * layers      the model's, over all files
 * worst       by measure: names of files, the worst first, at the model's full depth
 * mediaNote   in a sentence: which files can be heard or seen, and where their media lie
 * unfinished  files that were asked for and not begun, when the work was interrupted
 */
export const roundTripSchema = z.strictObject({
  schema: z.literal("nacre.round-trip/1"),
  medium: z.enum(["audio", "image"]),
  rateUnit: z.enum(["kbit/s", "bit/pixel"]),
  made: madeSchema,
  measures: z
    .array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        short: z.string(),
        unit: z.string(),
        better: z.enum(["higher", "lower"]),
      }),
    )
    .min(3),
  contenders: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(["model", "baseline"]),
      version: z.string(),
      absent: z.string().optional(),
    }),
  ),
  files: z.array(fileSchema),
  curves: z.array(z.strictObject({ contender: z.string(), points: z.array(curvePointSchema) })),
  bdRates: z.array(bdRateSchema),
  layers: z.array(layerSchema),
  use: z.array(useSchema).optional(),
  atlas: z.array(atlasSchema).optional(),
  worst: z.record(z.string(), z.array(z.string())),
  mediaNote: z.string().optional(),
  unfinished: z.int().positive().optional(),
});

/** A round-trip report as JSON; see roundTripSchema. */
export type RoundTripReport = z.infer<typeof roundTripSchema>;

/** One file of a report. */
export type RoundTripFile = RoundTripReport["files"][number];

/** One setting of one contender on one file. */
export type RoundTripPoint = RoundTripFile["points"][number];

/** One layer over all files. */
export type RoundTripLayer = RoundTripReport["layers"][number];

/** A mean over files with its interval of 95 %. */
export type Mean = z.infer<typeof meanSchema>;

/** A signal that can be heard or seen. */
export type RoundTripMedia = z.infer<typeof mediaSchema>;

/** The schema as JSON Schema, for other languages. */
export function roundTripJsonSchema(): object {
  return z.toJSONSchema(roundTripSchema);
}

function explained(values: Record<string, unknown>, missing: Record<string, string>, before = ""): boolean {
  return Object.entries(values).every(([name, value]) => value !== null || `${before}${name}` in missing);
}
