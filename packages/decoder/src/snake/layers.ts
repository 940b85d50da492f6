import { type SnakeDecoderConfig, type SnakeLayer, snakeHop, snakeUnits } from "@nacre/blocks";

/** The decoder's layers, from the latent's side to the signal's. All names begin with "decoder". */
export function snakeDecoderLayers(config: SnakeDecoderConfig): SnakeLayer[] {
  const { ratios, width, attention, whole } = config;
  const layers = firstLayers(config);
  let [step, channels] = [snakeHop(config), width];
  if (attention > 0)
    layers.push({ kind: "attention", name: "decoder.attention", step, channels, window: attention });
  for (const [scale, ratio] of ratios.toReversed().entries()) {
    const outputs = channels / 2;
    layers.push({ kind: "up", name: `decoder.up.${scale}`, step, inputs: channels, outputs, ratio, whole });
    step /= ratio;
    channels = outputs;
    layers.push(...snakeUnits(`decoder.units.${scale}`, channels, step, config));
  }
  layers.push({ ...plain, name: "decoder.last", step, inputs: channels, outputs: 1, activated: true });
  return layers;
}

const plain = { kind: "conv" as const, kernel: 7, stride: 1, dilation: 1, groups: 1, activated: false };

/** A layer of seven taps; where channels are taken by themselves, one of one tap behind it mixes them. */
function firstLayers(config: SnakeDecoderConfig): SnakeLayer[] {
  const { width, latentDim, depthwise } = config;
  const layer = { ...plain, step: snakeHop(config), inputs: latentDim, outputs: width };
  if (!depthwise) return [{ ...layer, name: "decoder.first" }];
  return [
    { ...layer, name: "decoder.first", outputs: latentDim, groups: latentDim },
    { ...layer, name: "decoder.mix", kernel: 1 },
  ];
}
