import type { SeanetConfig, SeanetLayer } from "@nacre/blocks";
import { seanetDecoder, seanetDecoderLayers } from "@nacre/decoder";
import { seanetEncoder, seanetEncoderLayers } from "@nacre/encoder";
import { type EncodecConfig, encodecLayers, parseEncodecConfig } from "./encodec-config.js";
import { isRecord } from "./foreign-config.js";
import type { ForeignFamily } from "./foreign-family.js";
import { type ForeignTensors, joined, refuseStrangers } from "./foreign-tensors.js";

// Seconds that are coded together, and those in front that the LSTM hears before: sounds up to the sum of both are
// coded as the original does, whole, and longer ones take half as long again.
const secondsPerChunk = 8;
const secondsHeard = 4;

/** EnCodec (Défossez et al. 2022, arXiv 2210.13438) in the layout of transformers' EncodecModel, mono. */
export const encodec: ForeignFamily = {
  name: "encodec",
  licence: {
    licence: "CC-BY-NC-4.0",
    notice:
      "EnCodec's code is under the MIT licence, but the weights that Meta published are CC-BY-NC 4.0: non-commercial use only",
  },
  detect: (config, tensors) =>
    isRecord(config) && config.model_type !== undefined
      ? config.model_type === "encodec"
      : tensors.has("quantizer.layers.0.codebook.embed"),
  convert(json, tensors) {
    const config = parseEncodecConfig(json);
    const network = seanetOf(config);
    const quantizer = {
      kind: "residual-vector" as const,
      layers: encodecLayers(config),
      entries: config.codebook_size,
      dimension: config.hidden_size,
    };
    // Parsing bounds the number of values before any is copied.
    const [sender, receiver] = [seanetEncoder.parse(network), seanetDecoder.parse(network)];
    const parameters = {
      ...layerParameters("encoder.layers", seanetEncoderLayers(sender), tensors),
      ...layerParameters("decoder.layers", seanetDecoderLayers(receiver), tensors),
      "quantizer.codebooks": codebooksOf(quantizer, tensors),
    };
    // Counts and sums of the codebooks' training stand beside them and decide nothing.
    refuseStrangers(tensors, /\.codebook\.(cluster_size|embed_avg|inited)$/);
    const rate = Math.round(config.sampling_rate / 100) / 10;
    return {
      description: `EnCodec at ${rate} kHz, imported: ${quantizer.layers} layers of ${quantizer.entries}`,
      licence: encodec.licence.licence,
      framesPerChunk: framesIn(config, secondsPerChunk),
      encoder: { architecture: seanetEncoder.name, version: seanetEncoder.version, config: sender },
      decoder: { architecture: seanetDecoder.name, version: seanetDecoder.version, config: receiver },
      quantizer,
      provenance: { importedAs: "encodec", config },
      parameters,
    };
  },
};

function seanetOf(config: EncodecConfig): SeanetConfig {
  return {
    sampleRate: config.sampling_rate,
    ratios: config.upsampling_ratios.toReversed(),
    filters: config.num_filters,
    kernel: config.kernel_size,
    lastKernel: config.last_kernel_size,
    residualKernel: config.residual_kernel_size,
    residualLayers: config.num_residual_layers,
    dilationGrowth: config.dilation_growth_rate,
    compress: config.compress,
    shortcut: config.use_conv_shortcut,
    lstmLayers: config.num_lstm_layers,
    memory: framesIn(config, secondsHeard),
    latentDim: config.hidden_size,
    causal: config.use_causal_conv,
  };
}

function framesIn({ sampling_rate, upsampling_ratios }: EncodecConfig, seconds: number): number {
  const hop = upsampling_ratios.reduce((product, ratio) => product * ratio, 1);
  return Math.min(4096, Math.max(1, Math.round((seconds * sampling_rate) / hop)));
}

/** Parameters of one side. The original numbers its layers in a list, activations included. */
function layerParameters(
  list: string,
  layers: readonly SeanetLayer[],
  tensors: ForeignTensors,
): Record<string, Float32Array> {
  const parameters: Record<string, Float32Array> = {};
  let index = 0;
  for (const layer of layers) {
    const activated = layer.kind === "up" || (layer.kind === "conv" && layer.activated);
    if (activated) index += 1;
    Object.assign(parameters, parametersOf(layer, `${list}.${index}`, tensors));
    index += 1;
  }
  return parameters;
}

function parametersOf(layer: SeanetLayer, from: string, tensors: ForeignTensors) {
  const { name: to } = layer;
  if (layer.kind === "lstm") return lstmParameters(layer, from, tensors);
  if (layer.kind === "conv")
    return convolution(to, `${from}.conv`, [layer.outputs, layer.inputs, layer.kernel], tensors);
  if (layer.kind === "up") {
    const shape = [layer.inputs, layer.outputs, 2 * layer.ratio];
    return convolution(to, `${from}.conv`, shape, tensors, layer.outputs);
  }
  const { channels, hidden, kernel, shortcut } = layer;
  return {
    ...convolution(`${to}.wide`, `${from}.block.1.conv`, [hidden, channels, kernel], tensors),
    ...convolution(`${to}.narrow`, `${from}.block.3.conv`, [channels, hidden, 1], tensors),
    ...(shortcut
      ? convolution(`${to}.shortcut`, `${from}.shortcut.conv`, [channels, channels, 1], tensors)
      : {}),
  };
}

function convolution(
  to: string,
  from: string,
  shape: readonly number[],
  tensors: ForeignTensors,
  outputs = shape[0]!,
): Record<string, Float32Array> {
  return {
    [`${to}.weight`]: tensors.weight(from, shape),
    [`${to}.bias`]: tensors.plain(`${from}.bias`, [outputs]),
  };
}

function lstmParameters(
  { name, channels, layers }: Extract<SeanetLayer, { kind: "lstm" }>,
  from: string,
  tensors: ForeignTensors,
): Record<string, Float32Array> {
  const gates = (part: string, width: number[]) =>
    inOnnxOrder(tensors.plain(`${from}.lstm.${part}`, [4 * channels, ...width]));
  const parameters: Record<string, Float32Array> = {};
  for (let layer = 0; layer < layers; layer += 1) {
    parameters[`${name}.${layer}.input`] = gates(`weight_ih_l${layer}`, [channels]);
    parameters[`${name}.${layer}.state`] = gates(`weight_hh_l${layer}`, [channels]);
    const biases = [gates(`bias_ih_l${layer}`, []), gates(`bias_hh_l${layer}`, [])];
    parameters[`${name}.${layer}.bias`] = joined(biases);
  }
  return parameters;
}

/** PyTorch has the gates as input, forget, cell, output; ONNX as input, output, forget, cell. */
function inOnnxOrder(values: Float32Array): Float32Array {
  const size = values.length / 4;
  return joined([0, 3, 1, 2].map((gate) => values.subarray(gate * size, (gate + 1) * size)));
}

function codebooksOf(
  { layers, entries, dimension }: { layers: number; entries: number; dimension: number },
  tensors: ForeignTensors,
): Float32Array {
  return joined(
    Array.from({ length: layers }, (_, layer) =>
      tensors.plain(`quantizer.layers.${layer}.codebook.embed`, [entries, dimension]),
    ),
  );
}
