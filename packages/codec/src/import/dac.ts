import { z } from "zod";
import { isRecord, parseForeignConfig, ratios, requireMirrored, size } from "./foreign-config.js";
import type { ForeignFamily } from "./foreign-family.js";
import { convertSnake, type SnakeCodec, snakeDescription } from "./foreign-snake.js";
import { unimportable } from "./foreign-tensors.js";
import { sequentialPlaces, transformersPlaces } from "./snake-places.js";

const quantizerFields = {
  n_codebooks: size(64).default(9),
  codebook_size: z.int().min(2).max(65_536).default(1024),
  codebook_dim: size(4096).default(8),
};

// A field that config.json leaves out has the value that transformers' DacConfig gives it.
const transformersSchema = z.object({
  ...quantizerFields,
  sampling_rate: z.int().min(1000).max(384_000).default(16_000),
  encoder_hidden_size: size(8192).default(64),
  downsampling_ratios: ratios.default([2, 4, 8, 8]),
  decoder_hidden_size: size(8192).default(1536),
  upsampling_ratios: ratios.optional(),
  hidden_size: size(8192).optional(),
});

// The arguments of descript-audio-codec's DAC, with its defaults.
const ownSchema = z.object({
  ...quantizerFields,
  codebook_dim: z.union([quantizerFields.codebook_dim, z.array(size(4096)).min(1).max(64)]).default(8),
  sample_rate: z.int().min(1000).max(384_000).default(44_100),
  encoder_dim: size(8192).default(64),
  encoder_rates: ratios.default([2, 4, 8, 8]),
  decoder_dim: size(8192).default(1536),
  decoder_rates: ratios.default([8, 8, 4, 2]),
  latent_dim: size(8192).nullable().default(null),
});

const forms = { depthwise: false, attention: 0, lastKernel: 3, lastActivated: true, whole: false };
const [transformersMark, ownMark] = ["encoder.conv1.bias", "encoder.block.0.bias"];

/**
 * DAC (Kumar et al. 2023, arXiv 2306.06546) in the layout of transformers' DacModel, or with the names and arguments
 * of descript-audio-codec 1.0.0.
 */
export const dac: ForeignFamily = {
  name: "dac",
  licence: {
    licence: "MIT",
    notice: "DAC's code and the weights that Descript published are under the MIT licence",
  },
  detect: (config, tensors) => {
    if (isRecord(config) && config.model_type !== undefined) return config.model_type === "dac";
    const multiScale = isRecord(config) && config.vq_strides !== undefined;
    return !multiScale && tensors.has("quantizer.quantizers.0.codebook.weight");
  },
  convert(json, tensors) {
    const own = !tensors.has(transformersMark) && tensors.has(ownMark);
    const codec = own ? ownCodec(json) : transformersCodec(json);
    const sequential = { scales: codec.ratios.length, mixed: false, attention: false, noise: false };
    const places = own ? sequentialPlaces({ ...sequential, activated: true }) : transformersPlaces;
    return {
      ...convertSnake(codec, forms, tensors, places),
      description: snakeDescription("DAC", codec),
      licence: dac.licence.licence,
      provenance: { importedAs: "dac", config: codec },
    };
  },
};

function transformersCodec(json: unknown): SnakeCodec {
  const config = parseForeignConfig(transformersSchema, json, "DAC");
  const { downsampling_ratios: down, upsampling_ratios: up, encoder_hidden_size: width } = config;
  if (up) requireMirrored(down, up);
  const latentDim = width * 2 ** down.length;
  checkLatent(config.hidden_size ?? latentDim, latentDim);
  return {
    sampleRate: config.sampling_rate,
    ratios: down,
    encoderWidth: width,
    decoderWidth: config.decoder_hidden_size,
    latentDim,
    strides: Array<number>(config.n_codebooks).fill(1),
    entries: config.codebook_size,
    width: config.codebook_dim,
  };
}

function ownCodec(json: unknown): SnakeCodec {
  const config = parseForeignConfig(ownSchema, json, "DAC");
  const { encoder_rates: down, encoder_dim: width, codebook_dim } = config;
  requireMirrored(down, config.decoder_rates);
  const widths = new Set([codebook_dim].flat());
  if (widths.size > 1)
    throw unimportable(`codebooks of ${[...widths].join(" and ")} values`, "one width for all");
  return {
    sampleRate: config.sample_rate,
    ratios: down,
    encoderWidth: width,
    decoderWidth: config.decoder_dim,
    latentDim: config.latent_dim ?? width * 2 ** down.length,
    strides: Array<number>(config.n_codebooks).fill(1),
    entries: config.codebook_size,
    width: [...widths][0]!,
  };
}

function checkLatent(found: number, expected: number): void {
  if (found === expected) return;
  throw unimportable(`hidden_size ${found}`, `${expected}, which the ratios and encoder_hidden_size make`);
}
