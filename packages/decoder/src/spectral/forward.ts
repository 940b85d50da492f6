import {
  convNextBlock,
  dftMultiplyAdds,
  inverseDft,
  kernelField,
  linear,
  overlapAdd,
  type Parameters,
  parameter,
  type ReceptiveField,
  rowNorm,
  type Spectrum,
  symmetricField,
  twoStageInverse,
  twoStageMultiplyAdds,
  wholeOverlapAdd,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { clip, cos, exp, gather, gemm, mul, reshape, sin, split, type Tensor, transpose } from "@nacre/graph";
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
  const { window, hop } = config;
  const [batch, frames] = latentLayout(config, latent);
  const rows = blockStates(config, parameters, latent).at(-1)!;
  const normed = rowNorm.forward(place.headNorm, parameters, rows);
  const spectrum = polar(linear.forward(place.head, parameters, normed));
  const framed = inverseDft(spectrum, { window, hop });
  return overlapAdd(reshape(framed, [batch, frames, window]), { window, hop });
}

/** Rows [B * T, dim] before the first block and behind each; see BlockChain. */
export function blockStates(config: SpectralDecoderConfig, parameters: Parameters, latent: Tensor): Tensor[] {
  const [batch, frames] = latentLayout(config, latent);
  const flat = reshape(latent, [batch * frames, config.latentDim]);
  const embedded = linear.forward(place.embed, parameters, flat);
  const states = [rowNorm.forward(place.embedNorm, parameters, embedded)];
  for (let i = 0; i < config.blocks; i += 1) {
    const field = blockField(config, i);
    states.push(convNextBlock.forward(place.block(i), parameters, states[i]!, { batch, frames }, field));
  }
  return states;
}

/**
 * What of `decoderForward` has its whole receptive field within the latent, for running; see Network.infer.
 *
 * latent   [1, T, latentDim], T more than the receptive field
 * returns  samples [1, (T - past - future) * hop]
 */
export function decoderInfer(config: SpectralDecoderConfig, parameters: Parameters, latent: Tensor): Tensor {
  const { window, blocks, latentDim } = config;
  const [batch, given] = latentLayout(config, latent);
  const flat = reshape(latent, [batch * given, latentDim]);
  let frames = given;
  let rows = rowNorm.forward(place.embedNorm, parameters, linear.forward(place.embed, parameters, flat));
  for (let i = 0; i < blocks; i += 1) {
    rows = convNextBlock.inner(place.block(i), parameters, rows, { batch, frames }, blockField(config, i));
    frames = rows.shape[0]! / batch;
  }
  const normed = rowNorm.forward(place.headNorm, parameters, rows);
  const framed = framesOfHead(config, parameters, normed);
  return wholeOverlapAdd(reshape(framed, [batch, frames, window]), config);
}

/** Rows [N, dim] -> windows [N, window], by the cheaper form of the inverse transform. */
function framesOfHead(config: SpectralDecoderConfig, parameters: Parameters, rows: Tensor): Tensor {
  const { window } = config;
  if (twoStageMultiplyAdds(window) >= dftMultiplyAdds(window)) {
    return inverseDft(polar(linear.forward(place.head, parameters, rows)), config);
  }
  const form = twoStageInverse(config);
  // Columns of the head in the order of the transform. Weights are baked, so the engine moves them once,
  // when the graph is opened.
  const weight = gather(parameter(parameters, `${place.head}.weight`), form.order, 1);
  const bias = gather(parameter(parameters, `${place.head}.bias`), form.order, 0);
  const places = form.bins.length / form.groups;
  const head = reshape(gemm(rows, weight, { bias }), [rows.shape[0]!, form.groups, 2 * places]);
  return form.frames(polar(transpose(head, [1, 0, 2])));
}

/** How the kernel of block `index` lies in time: only the first looks ahead. */
export function blockField(
  { kernel, causal, lookahead }: SpectralDecoderConfig,
  index: number,
): ReceptiveField {
  if (!causal) return symmetricField(kernel);
  return kernelField(kernel, index === 0 ? lookahead : 0);
}

/** Log magnitude beside phase [.., 2 * bins] -> real and imaginary part. */
function polar(head: Tensor): Spectrum {
  const last = head.shape.length - 1;
  const bins = head.shape[last]! / 2;
  const [logMagnitude, phase] = split(head, [bins, bins], last) as [Tensor, Tensor];
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
