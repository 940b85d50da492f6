import { type OnnxPort, onnxPorts, portText } from "./onnx-ports.js";
import type { PairFiles } from "./pair-config.js";
import { unfitPair } from "./probe.js";

/** What goes in and out of a pair: samples in, codes out, codes in, samples out. */
export type PairDoors = {
  samplesIn: OnnxPort;
  codesOut: OnnxPort[];
  codesIn: OnnxPort[];
  samplesOut: OnnxPort;
};

/**
 * Finds the doors of a pair by what its files say of themselves.
 *
 * throws NacreError "model" for codes that are no whole numbers, samples that are no float32, more inputs than one,
 *        several channels in one signal, and files that are no ONNX
 */
export function pairDoors(files: PairFiles): PairDoors {
  const encoder = onnxPorts(files.encoder, "encoder");
  const quantizer = files.quantizer && onnxPorts(files.quantizer, "quantizer");
  const dequantizer = files.dequantizer && onnxPorts(files.dequantizer, "dequantizer");
  const decoder = onnxPorts(files.decoder, "decoder");
  if (quantizer) checkJoint(quantizer.inputs, "quantizer");
  if (dequantizer) checkJoint(decoder.inputs, "decoder");
  return {
    samplesIn: samplesPort(encoder.inputs),
    codesOut: codesPorts(quantizer?.outputs ?? encoder.outputs, quantizer ? "quantizer" : "encoder"),
    codesIn: codeInputs(dequantizer?.inputs ?? decoder.inputs, dequantizer ? "dequantizer" : "decoder"),
    samplesOut: soundPort(decoder.outputs),
  };
}

function samplesPort(inputs: readonly OnnxPort[]): OnnxPort {
  const [port] = inputs;
  if (!port || inputs.length > 1)
    throw unfitPair(
      `an encoder with ${listed(inputs, "inputs")}`,
      "one input, the samples",
      "export it with the others fixed",
    );
  const { type, shape } = port;
  if (type !== "float32" || shape.length < 1 || shape.length > 4)
    throw unfitPair(
      `an encoder that takes ${portText(port)}`,
      "samples as float32 [batch, n] or [batch, 1, n]",
    );
  if (shape.slice(0, -1).every((size) => size === undefined || size === 1)) return port;
  throw unfitPair(
    `an encoder that takes ${portText(port)}`,
    "one channel at a time, [1, n] or [1, 1, n]",
    "export the mono network; each channel of a sound is then coded by itself",
  );
}

function codesPorts(outputs: readonly OnnxPort[], what: string): OnnxPort[] {
  const whole = outputs.filter(({ type }) => isWhole(type));
  if (whole.length > 0) return whole;
  throw unfitPair(
    `codes that are no whole numbers: the ${what} gives ${listed(outputs, "outputs")}`,
    "int64 or int32",
    what === "encoder" ? "name the file that turns a latent into codes with --quantizer" : undefined,
  );
}

function codeInputs(inputs: readonly OnnxPort[], what: string): OnnxPort[] {
  if (inputs.length > 0 && inputs.every(({ type }) => isWhole(type))) return [...inputs];
  throw unfitPair(
    `a ${what} that takes ${listed(inputs, "inputs")}`,
    "codes alone, as int64 or int32",
    what === "decoder" ? "name the file that turns codes into a latent with --dequantizer" : undefined,
  );
}

function soundPort(outputs: readonly OnnxPort[]): OnnxPort {
  const floats = outputs.filter(({ type }) => type === "float32");
  if (floats.length === 1) return floats[0]!;
  throw unfitPair(`a decoder that gives ${listed(outputs, "outputs")}`, "one output of samples as float32");
}

function checkJoint(inputs: readonly OnnxPort[], what: string): void {
  if (inputs.length === 1 && inputs[0]!.type === "float32") return;
  throw unfitPair(`a ${what} that takes ${listed(inputs, "inputs")}`, "one input, a latent as float32");
}

function isWhole(type: string): boolean {
  return type === "int64" || type === "int32";
}

function listed(ports: readonly OnnxPort[], none: string): string {
  return ports.map(portText).join("; ") || `no ${none}`;
}
