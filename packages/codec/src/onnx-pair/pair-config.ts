import { z } from "zod";
import { labelFields } from "../model-parts.js";

/** Bytes of one ONNX file; read whole, a larger one would end the program. */
export const largestGraph = 2 ** 30;

/** ONNX files of a pair, as a model's folder names them, in the order in which a signal goes through. */
export const pairParts = ["encoder", "quantizer", "dequantizer", "decoder"] as const;

/** One of them. */
export type PairPart = (typeof pairParts)[number];

/** The bytes of a pair; quantizer and dequantizer where the codes are not made and read by encoder and decoder. */
export type PairFiles = { encoder: Uint8Array; decoder: Uint8Array } & Partial<Record<PairPart, Uint8Array>>;

const fileSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(1).max(largestGraph),
});

const portName = z.string().min(1).max(256);

const layoutSchema = z.object({
  names: z.array(portName).min(1).max(64),
  axes: z
    .array(z.enum(["one", "layers", "frames"]))
    .min(1)
    .max(6),
});

const frames = z.int().min(0).max(65_536);

/**
 * What both sides say.
 *
 * frames        that the graph always takes; absent where it takes any number
 * past, future  frames of context that a window has beside what is kept
 */
const sideFields = { frames: z.int().min(1).max(65_536).optional(), past: frames, future: frames };

/** What model.json of a pair of ONNX files holds. */
export const pairSchema = z.object({
  format: labelFields.format,
  kind: z.literal("onnx-pair"),
  name: labelFields.name,
  version: labelFields.version,
  description: labelFields.description,
  medium: z.literal("audio"),
  licence: labelFields.licence,
  sampleRate: z.int().min(1000).max(384_000),
  /** Samples of a frame. */
  hop: z.int().min(1).max(65_536),
  layers: z.int().min(1).max(64),
  /** Codes are 0 .. entries - 1. */
  entries: z.int().min(2).max(65_536),
  framesPerChunk: z.int().min(1).max(4096),
  /** Frames coded beyond the last sample, for a decoder that gives less than its frames. */
  tail: z.int().min(0).max(64),
  /** Whether the decoder takes the first layers alone. */
  prefixes: z.boolean(),
  silence: z.array(z.int().nonnegative()).min(1).max(64),
  files: z.object({
    encoder: fileSchema,
    quantizer: fileSchema.optional(),
    dequantizer: fileSchema.optional(),
    decoder: fileSchema,
  }),
  encoder: z.object({
    ...sideFields,
    /** Axes of the samples: [1, n] or [1, 1, n]. */
    input: z.object({ name: portName, rank: z.int().min(1).max(4) }),
    /** Samples that a window of whole frames has more than those, or fewer, so that it gives as many frames. */
    extra: z.int().min(-65_536).max(262_144),
    codes: layoutSchema,
  }),
  decoder: z.object({
    ...sideFields,
    codes: layoutSchema,
    type: z.enum(["int32", "int64"]),
    output: portName,
  }),
  decodeHash: labelFields.decodeHash,
  provenance: labelFields.provenance,
});

/** The parsed model.json of a pair. */
export type PairConfig = z.infer<typeof pairSchema>;
