import type { NetworkDescription } from "../network.js";
import { countParameters } from "../parameters.js";
import { chainFields } from "../receptive-field.js";
import { type SeanetConfig, seanetHop } from "./config.js";
import { type SeanetLayer, seanetLayers } from "./layers.js";

/** Channels at each scale, from the signal's to the latent's: one more than there are ratios. */
export function seanetWidths({ filters, ratios }: SeanetConfig): number[] {
  return [1, ...ratios].map((_, scale) => filters * 2 ** scale);
}

/**
 * The residual units of one scale.
 *
 * prefix    their parameters' place
 * channels  of the scale
 * step      samples from one place of the scale to the next
 */
export function seanetUnits(
  config: SeanetConfig,
  prefix: string,
  channels: number,
  step: number,
): SeanetLayer[] {
  const { residualLayers, residualKernel, dilationGrowth, compress, shortcut } = config;
  return Array.from({ length: residualLayers }, (_, unit) => ({
    kind: "unit",
    name: `${prefix}.${unit}`,
    step,
    channels,
    hidden: channels / compress,
    kernel: residualKernel,
    dilation: dilationGrowth ** unit,
    shortcut,
  }));
}

/** What one side of a SEANet costs and promises; `own` are the samples of its own hop in the delay, the encoder's alone. */
export function describeSeanet(
  config: SeanetConfig,
  layers: readonly SeanetLayer[],
  own: number,
): NetworkDescription {
  const { causal, memory, sampleRate, latentDim } = config;
  const hop = seanetHop(config);
  const receptiveField = chainFields([
    seanetLayers.receptiveField(layers, causal, hop),
    { past: memory, future: 0 },
  ]);
  return {
    receptiveField,
    delaySamples: own + receptiveField.future * hop,
    multiplyAddsPerFrame: seanetLayers.multiplyAdds(layers, hop),
    parameterCount: countParameters(seanetLayers.parameters(layers)),
    sampleRate,
    hop,
    latentDim,
    ownEnds: true,
  };
}
