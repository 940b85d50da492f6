import { type SnakeEncoderConfig, type SnakeLayer, snakeUnits } from "@nacre/blocks";

/** The encoder's layers, from the signal's side to the latent's. All names begin with "encoder". */
export function snakeEncoderLayers(config: SnakeEncoderConfig): SnakeLayer[] {
  const { ratios, width, latentDim, depthwise, attention, lastKernel, lastActivated } = config;
  const plain = { kind: "conv" as const, stride: 1, dilation: 1, groups: 1, activated: false };
  const layers: SnakeLayer[] = [
    { ...plain, name: "encoder.first", step: 1, inputs: 1, outputs: width, kernel: 7 },
  ];
  let [step, channels] = [1, width];
  for (const [scale, ratio] of ratios.entries()) {
    layers.push(...snakeUnits(`encoder.units.${scale}`, channels, step, config), {
      ...plain,
      name: `encoder.down.${scale}`,
      step,
      inputs: channels,
      outputs: 2 * channels,
      kernel: 2 * ratio,
      stride: ratio,
      activated: true,
    });
    step *= ratio;
    channels *= 2;
  }
  if (attention > 0)
    layers.push({ kind: "attention", name: "encoder.attention", step, channels, window: attention });
  layers.push({
    ...plain,
    name: "encoder.last",
    step,
    inputs: channels,
    outputs: latentDim,
    kernel: lastKernel,
    groups: depthwise ? channels : 1,
    activated: lastActivated,
  });
  return layers;
}
