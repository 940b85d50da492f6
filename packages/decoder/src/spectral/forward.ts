import {
  convNextBlock,
  inverseDft,
  kernelField,
  linear,
  overlapAdd,
  type Parameters,
  type ReceptiveField,
  rowNorm,
  type Spectrum,
  symmetricField,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { clip, cos, exp, mul, reshape, sin, split, type Tensor } from "@nacre/graph";
import type { SpectralDecoderConfig } from "./config.js";
import { place } from "./parameters.js";

// e^7 = 1097 is above what any signal of full scale reaches at a window of 2048 (2048 / 2 for a
// constant) and keeps an untrained or damaged network finite; e^-30 is silence. Part of the architecture.
const LOG_MAGNITUDE = { low: -30, high: 7 };

/**
 * The decoder's graph.
 *
 * latent   [B, T, latentDim]
 * returns  samples [B, T*hop], aligned with what the encoder was given
 */
export function decoderForward(
  config: SpectralDecoderConfig,
  parameters: Parameters,
  latent: Tensor,
): Tensor {
  const { window, hop, blocks } = config;
  const [batch, frames] = latentLayout(config, latent);
  const embedded = linear.forward(
    place.embed,
    parameters,
    reshape(latent, [batch * frames, config.latentDim]),
  );
  let rows = rowNorm.forward(place.embedNorm, parameters, embedded);
  for (let i = 0; i < blocks; i += 1) {
    rows = convNextBlock.forward(place.block(i), parameters, rows, { batch, frames }, blockField(config, i));
  }
  const normed = rowNorm.forward(place.headNorm, parameters, rows);
  const spectrum = polar(linear.forward(place.head, parameters, normed));
  const framed = inverseDft(spectrum, { window, hop });
  return overlapAdd(reshape(framed, [batch, frames, window]), { window, hop });
}

/** How the kernel of block `index` lies in time: only the first looks ahead. */
export function blockField(
  { kernel, causal, lookahead }: SpectralDecoderConfig,
  index: number,
): ReceptiveField {
  if (!causal) return symmetricField(kernel);
  return kernelField(kernel, index === 0 ? lookahead : 0);
}

/** Log magnitude beside phase [N, 2 * bins] -> real and imaginary part. */
function polar(head: Tensor): Spectrum {
  const bins = head.shape[1]! / 2;
  const [logMagnitude, phase] = split(head, [bins, bins], 1) as [Tensor, Tensor];
  const magnitude = exp(clip(logMagnitude, LOG_MAGNITUDE.low, LOG_MAGNITUDE.high));
  return { real: mul(magnitude, cos(phase)), imaginary: mul(magnitude, sin(phase)) };
}

function latentLayout({ latentDim }: SpectralDecoderConfig, { shape }: Tensor): [number, number] {
  const [batch, frames, width] = shape;
  if (shape.length === 3 && batch && frames && width === latentDim) return [batch, frames];
  throw new NacreError("shape", {
    found: `the latent has shape [${shape.join(", ")}]`,
    expected: `[batch, frames, ${latentDim}]`,
  });
}
