import { type SeanetConfig, type SeanetLayer, seanetHop, seanetUnits, seanetWidths } from "@nacre/blocks";

/** The decoder's layers, from the latent's side to the signal's. All names begin with "decoder". */
export function decoderLayers(config: SeanetConfig): SeanetLayer[] {
  const { ratios, kernel, lastKernel, lstmLayers, latentDim } = config;
  const widths = seanetWidths(config).toReversed();
  const [deepest, finest] = [widths[0]!, widths.at(-1)!];
  const plain = { kind: "conv" as const, stride: 1, dilation: 1 };
  let step = seanetHop(config);
  const layers: SeanetLayer[] = [
    { ...plain, name: "decoder.first", step, activated: false, inputs: latentDim, outputs: deepest, kernel },
  ];
  if (lstmLayers > 0)
    layers.push({ kind: "lstm", name: "decoder.lstm", step, channels: deepest, layers: lstmLayers });
  for (const [scale, ratio] of ratios.toReversed().entries()) {
    const [inputs, outputs] = [widths[scale]!, widths[scale + 1]!];
    layers.push({ kind: "up", name: `decoder.up.${scale}`, step, inputs, outputs, ratio });
    step /= ratio;
    layers.push(...seanetUnits(config, `decoder.units.${scale}`, outputs, step));
  }
  layers.push({
    ...plain,
    name: "decoder.last",
    step,
    activated: true,
    inputs: finest,
    outputs: 1,
    kernel: lastKernel,
  });
  return layers;
}
