import {
  convNextBlock,
  dft,
  kernelField,
  linear,
  type Parameters,
  type ReceptiveField,
  rowNorm,
  type Spectrum,
  symmetricField,
  wholeFrames,
  windowedFrames,
} from "@nacre/blocks";
import { add, concat, exp, log, mul, reshape, type Tensor } from "@nacre/graph";
import type { SpectralEncoderConfig } from "./config.js";
import { place } from "./parameters.js";

// Power below which a bin counts as silence: a sine of -127 dB of full scale at a window of 960.
// Part of the architecture, as it keeps the logarithm finite.
const POWER_FLOOR = 1e-8;

/**
 * The encoder's graph.
 *
 * samples  [B, T*hop], about -1 .. 1
 * returns  latent [B, T, latentDim]
 */
export function encoderForward(
  config: SpectralEncoderConfig,
  parameters: Parameters,
  samples: Tensor,
): Tensor {
  const batch = samples.shape[0]!;
  const rows = blockStates(config, parameters, samples).at(-1)!;
  const normed = rowNorm.forward(place.headNorm, parameters, rows);
  const latent = linear.forward(place.head, parameters, normed);
  return reshape(latent, [batch, rows.shape[0]! / batch, config.latentDim]);
}

/** Rows [B * T, dim] before the first block and behind each; see BlockChain. */
export function blockStates(
  config: SpectralEncoderConfig,
  parameters: Parameters,
  samples: Tensor,
): Tensor[] {
  const { window, hop, blocks, compression } = config;
  const framed = windowedFrames(samples, { window, hop });
  const [batch, frames] = framed.shape as [number, number];
  const features = compress(dft(reshape(framed, [batch * frames, window])), compression);
  const embedded = linear.forward(place.embed, parameters, features);
  const states = [rowNorm.forward(place.embedNorm, parameters, embedded)];
  const field = blockField(config);
  for (let i = 0; i < blocks; i += 1) {
    states.push(convNextBlock.forward(place.block(i), parameters, states[i]!, { batch, frames }, field));
  }
  return states;
}

/**
 * What of `encoderForward` has its whole receptive field within the samples, for running; see Network.infer.
 *
 * samples  [1, T*hop], T more than the receptive field
 * returns  latent [1, T - past, latentDim], less `future` when not causal
 */
export function encoderInfer(config: SpectralEncoderConfig, parameters: Parameters, samples: Tensor): Tensor {
  const { window, blocks, compression, latentDim } = config;
  const framed = wholeFrames(samples, config);
  const batch = framed.shape[0]!;
  let frames = framed.shape[1]!;
  // The transform stays that of the definition: in another order of sums bins far below the loudest come out
  // a percent apart, compression makes them heard, and one code in 1400 is another.
  const features = compress(dft(reshape(framed, [batch * frames, window])), compression);
  const embedded = linear.forward(place.embed, parameters, features);
  let rows = rowNorm.forward(place.embedNorm, parameters, embedded);
  for (let i = 0; i < blocks; i += 1) {
    rows = convNextBlock.inner(place.block(i), parameters, rows, { batch, frames }, blockField(config));
    frames = rows.shape[0]! / batch;
  }
  const normed = rowNorm.forward(place.headNorm, parameters, rows);
  return reshape(linear.forward(place.head, parameters, normed), [batch, frames, latentDim]);
}

/** How the kernel of every block lies in time. */
export function blockField({ kernel, causal }: SpectralEncoderConfig): ReceptiveField {
  return causal ? kernelField(kernel, 0) : symmetricField(kernel);
}

/** Keeps phase and raises the magnitude to `compression`; [N, bins] twice -> [N, 2 * bins]. */
function compress({ real, imaginary }: Spectrum, compression: number): Tensor {
  const power = add(add(mul(real, real), mul(imaginary, imaginary)), POWER_FLOOR);
  // |z|^(c-1) = power^((c-1)/2); logarithm and exponential run on all threads, Pow does not.
  const gain = exp(mul(log(power), (compression - 1) / 2));
  return concat([mul(real, gain), mul(imaginary, gain)], 1);
}
