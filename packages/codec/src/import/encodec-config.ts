import { z } from "zod";
import { parseForeignConfig, ratios, size } from "./foreign-config.js";
import { unimportable } from "./foreign-tensors.js";

// A field that config.json leaves out has the value that transformers' EncodecConfig gives it.
const schema = z.object({
  sampling_rate: z.int().min(1000).max(384_000).default(24_000),
  audio_channels: size(8).default(1),
  normalize: z.boolean().default(false),
  chunk_length_s: z.number().nullable().default(null),
  target_bandwidths: z.array(z.number().positive()).min(1).max(16).default([1.5, 3, 6, 12, 24]),
  upsampling_ratios: ratios.default([8, 5, 4, 2]),
  num_filters: size(1024).default(32),
  num_residual_layers: z.int().min(0).max(8).default(1),
  kernel_size: size(63).default(7),
  last_kernel_size: size(63).default(7),
  residual_kernel_size: size(63).default(3),
  dilation_growth_rate: size(8).default(2),
  compress: size(64).default(2),
  use_conv_shortcut: z.boolean().default(true),
  use_causal_conv: z.boolean().default(true),
  num_lstm_layers: size(8).default(2),
  norm_type: z.string().default("weight_norm"),
  pad_mode: z.string().default("reflect"),
  trim_right_ratio: z.number().default(1),
  hidden_size: size(4096).default(128),
  codebook_size: z.int().min(2).max(65_536).default(1024),
  codebook_dim: size(4096).nullable().default(null),
});

/** What config.json of an EnCodec says, as transformers' EncodecConfig names it. */
export type EncodecConfig = z.infer<typeof schema>;

/**
 * Checks the config of an EnCodec.
 *
 * throws NacreError "model" when it is damaged, disagrees with itself, or asks for what Nacre does not do
 */
export function parseEncodecConfig(json: unknown): EncodecConfig {
  const config = parseForeignConfig(schema, json, "EnCodec");
  refuseOtherForms(config);
  if (config.codebook_dim !== null && config.codebook_dim !== config.hidden_size) {
    throw unimportable(
      `codebooks of ${config.codebook_dim} values beside a latent of ${config.hidden_size}`,
      "the same number",
    );
  }
  return config;
}

/** Layers that the highest bandwidth of the config pays for, as EncodecConfig.num_quantizers counts them. */
export function encodecLayers(config: EncodecConfig): number {
  const { sampling_rate, upsampling_ratios, codebook_size, target_bandwidths } = config;
  const hop = upsampling_ratios.reduce((product, ratio) => product * ratio, 1);
  const bits = Math.ceil(sampling_rate / hop) * Math.ceil(Math.log2(codebook_size));
  return Math.floor((1000 * target_bandwidths.at(-1)!) / bits);
}

// The 48 kHz model divides every second by its own loudness and codes both channels as one signal. A file of ours
// codes channels by themselves and has no place for the loudness, so its codes would not be EnCodec's.
function refuseOtherForms(config: EncodecConfig): void {
  const mend = "import a model like encodec_24khz";
  if (config.audio_channels !== 1) {
    throw unimportable(
      `${config.audio_channels} channels coded as one signal`,
      "one; each channel of a sound is then coded by itself",
      mend,
    );
  }
  if (config.normalize || config.chunk_length_s !== null) {
    const found = "chunks that are normalised by their loudness, which a .nacre file has no place for";
    throw unimportable(found, "normalize false and chunk_length_s null", mend);
  }
  if (config.norm_type !== "weight_norm")
    throw unimportable(`norm_type ${config.norm_type}`, "weight_norm", mend);
  if (config.pad_mode !== "reflect") throw unimportable(`pad_mode ${config.pad_mode}`, "reflect", mend);
  if (config.trim_right_ratio !== 1)
    throw unimportable(`trim_right_ratio ${config.trim_right_ratio}`, "1", mend);
}
