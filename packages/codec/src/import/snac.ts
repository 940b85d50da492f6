import { z } from "zod";
import { isRecord, parseForeignConfig, ratios, requireMirrored, size } from "./foreign-config.js";
import type { ForeignFamily } from "./foreign-family.js";
import { convertSnake, type SnakeCodec, snakeDescription } from "./foreign-snake.js";
import { type ForeignTensors, unimportable } from "./foreign-tensors.js";
import { listOf, type SequentialForm, sequentialAttention, sequentialPlaces } from "./snake-places.js";

// The arguments of snac's SNAC, with its defaults.
const schema = z.object({
  sampling_rate: z.int().min(1000).max(384_000).default(44_100),
  encoder_dim: size(8192).default(64),
  encoder_rates: ratios.default([3, 3, 7, 7]),
  latent_dim: size(8192).nullable().default(null),
  decoder_dim: size(8192).default(1536),
  decoder_rates: ratios.default([7, 7, 3, 3]),
  attn_window_size: size(1024).nullable().default(32),
  codebook_size: z.int().min(2).max(65_536).default(4096),
  codebook_dim: size(4096).default(8),
  vq_strides: z.array(size(64)).min(1).max(64).default([8, 4, 2, 1]),
  noise: z.boolean().default(true),
  depthwise: z.boolean().default(true),
});

type SnacConfig = z.infer<typeof schema>;

/**
 * SNAC (Siuzdak et al. 2024, arXiv 2410.14411) with the names and arguments of snac 1.2: layers at different frame
 * rates. Its noise blocks add noise of mean zero while decoding; here they add that mean, so that a file decodes the
 * same every time.
 */
export const snac: ForeignFamily = {
  name: "snac",
  licence: {
    licence: "MIT",
    notice: "SNAC's code and the weights that its author published are under the MIT licence",
  },
  detect: (config) => isRecord(config) && config.model_type === undefined && config.vq_strides !== undefined,
  convert(json, tensors) {
    const config = parseForeignConfig(schema, json, "SNAC");
    const codec = codecOf(config);
    const form = {
      scales: codec.ratios.length,
      mixed: config.depthwise,
      attention: config.attn_window_size !== null,
      noise: config.noise,
      activated: false,
    };
    if (config.noise) readNoise(codec, form, tensors);
    const forms = {
      depthwise: config.depthwise,
      attention: config.attn_window_size ?? 0,
      lastKernel: 7,
      lastActivated: false,
      whole: true,
    };
    return {
      ...convertSnake(codec, forms, tensors, sequentialPlaces(form), {
        attention: (side) => `${listOf(side)}.${sequentialAttention(form, side)}`,
      }),
      description: describe(config, codec),
      licence: snac.licence.licence,
      provenance: { importedAs: "snac", config, ...(config.noise ? { noise: "left out: its mean" } : {}) },
    };
  },
};

function describe({ noise }: SnacConfig, codec: SnakeCodec): string {
  const rates = `${snakeDescription("SNAC", codec)}, a code in ${codec.strides.join(", ")} frames`;
  return noise ? `${rates}, the decoder's noise at its mean, zero` : rates;
}

function codecOf(config: SnacConfig): SnakeCodec {
  const { encoder_rates: down, encoder_dim: width, latent_dim, vq_strides: strides } = config;
  requireMirrored(down, config.decoder_rates);
  const latentDim = width * 2 ** down.length;
  if (latent_dim !== null && latent_dim !== latentDim) {
    throw unimportable(`latent_dim ${latent_dim}`, `${latentDim}, which encoder_rates and encoder_dim make`);
  }
  // The original pads a sound to whole first strides and windows alone.
  const odd = strides.find((stride) => strides[0]! % stride !== 0);
  if (odd !== undefined)
    throw unimportable(`a stride of ${odd} beside the first, ${strides[0]}`, "strides that divide the first");
  return {
    sampleRate: config.sampling_rate,
    ratios: down,
    encoderWidth: width,
    decoderWidth: config.decoder_dim,
    latentDim,
    strides,
    entries: config.codebook_size,
    width: config.codebook_dim,
  };
}

// Read so that a file without them is refused, and not needed any further.
function readNoise({ decoderWidth }: SnakeCodec, form: SequentialForm, tensors: ForeignTensors): void {
  const places = sequentialPlaces(form);
  for (let scale = 0; scale < form.scales; scale += 1) {
    const channels = Math.floor(decoderWidth / 2 ** (scale + 1));
    const { conv } = places(`decoder.up.${scale}`);
    tensors.weight(conv.replace(/\.1$/, ".2.linear"), [channels, channels, 1]);
  }
}
