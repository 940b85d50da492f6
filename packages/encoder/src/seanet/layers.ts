import { type SeanetConfig, type SeanetLayer, seanetUnits, seanetWidths } from "@nacre/blocks";

/** The encoder's layers, from the signal's side to the latent's. All names begin with "encoder". */
export function encoderLayers(config: SeanetConfig): SeanetLayer[] {
  const { ratios, kernel, lastKernel, lstmLayers, latentDim } = config;
  const widths = seanetWidths(config);
  const deepest = widths.at(-1)!;
  const plain = { kind: "conv" as const, stride: 1, dilation: 1 };
  const layers: SeanetLayer[] = [
    { ...plain, name: "encoder.first", step: 1, activated: false, inputs: 1, outputs: widths[0]!, kernel },
  ];
  let step = 1;
  for (const [scale, ratio] of ratios.entries()) {
    const [inputs, outputs] = [widths[scale]!, widths[scale + 1]!];
    layers.push(...seanetUnits(config, `encoder.units.${scale}`, inputs, step), {
      kind: "conv",
      name: `encoder.down.${scale}`,
      step,
      activated: true,
      inputs,
      outputs,
      kernel: 2 * ratio,
      stride: ratio,
      dilation: 1,
    });
    step *= ratio;
  }
  if (lstmLayers > 0)
    layers.push({ kind: "lstm", name: "encoder.lstm", step, channels: deepest, layers: lstmLayers });
  layers.push({
    ...plain,
    name: "encoder.last",
    step,
    activated: true,
    inputs: deepest,
    outputs: latentDim,
    kernel: lastKernel,
  });
  return layers;
}
