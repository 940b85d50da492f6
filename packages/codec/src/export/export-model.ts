import { NacreError } from "@nacre/errors";
import { opset } from "@nacre/graph";
import type { AnyModel } from "../any-model.js";
import type { NetworkModel } from "../model.js";
import { type PictureModel, pictureTensors } from "../picture/picture-model.js";
import { quantizerTensors } from "../quantizers/quantizers.js";
import { writeSafetensors } from "../safetensors.js";
import type { ExportedGraph, GraphPort } from "./exported-graph.js";
import { pictureGraphs } from "./picture-onnx.js";
import { pictureExportConfig, pictureGuide } from "./picture-readme.js";
import { soundExportConfig } from "./sound-config.js";
import { soundGraphs } from "./sound-onnx.js";
import { soundGuide } from "./sound-readme.js";

/** Files of an exported model, by name. */
export type ExportedFiles = Readonly<Record<string, Uint8Array | string>>;

/**
 * A model as ONNX files that any onnxruntime runs: encoder, quantizer, dequantizer and decoder, float32, weights
 * inside, sizes open where the graph allows that; config.json with the numbers that a program needs, and a README.md
 * with every input and output and how windows are put together.
 *
 * throws NacreError "model" for a pair of ONNX files
 */
export function exportOnnx(exported: AnyModel): ExportedFiles {
  const model = ownNetworks(exported);
  const graphs = model.medium === "image" ? pictureGraphs(model) : soundGraphs(model);
  const config = model.medium === "image" ? pictureExportConfig(model) : soundExportConfig(model);
  const guide =
    model.medium === "image"
      ? pictureGuide(pictureExportConfig(model), graphs)
      : soundGuide(model, soundExportConfig(model), graphs);
  return {
    ...Object.fromEntries(graphs.map(({ name, bytes }) => [`${name}.onnx`, bytes])),
    "config.json": jsonText(config),
    "README.md": [
      ...heading(model),
      `Four graphs, float32, ONNX operator set ${opset}, written by Nacre; nothing but onnxruntime is needed to run them. \`config.json\` holds the numbers that are named here. What one graph gives the next one takes.`,
      "",
      ...graphs.flatMap(graphSection),
      guide,
      "",
    ].join("\n"),
  };
}

/**
 * A model's weights as one safetensors file with the config that its networks are built from, without integer
 * tables and hashes; float32, or fp16.
 *
 * throws NacreError "model" for a pair of ONNX files
 */
export function exportSafetensors(
  exported: AnyModel,
  { half = false }: { half?: boolean } = {},
): ExportedFiles {
  const model = ownNetworks(exported);
  const specs = tensorsOf(model);
  const tensors = specs.map(({ name, shape }) => [name, { shape, data: model.parameters[name]! }] as const);
  const { encoder, decoder, quantizer, name, version, description, licence } = model.config;
  const config = { name, version, medium: model.medium, description, licence, encoder, decoder, quantizer };
  const rows = specs.map(({ name, shape }) => `| ${name} | [${shape.join(", ")}] |`);
  return {
    "model.safetensors": writeSafetensors(Object.fromEntries(tensors), {
      bits: half ? 16 : 32,
      metadata: { format: "pt", model: model.id, licence },
    }),
    "config.json": jsonText(config),
    "README.md": [
      ...heading(model),
      `\`model.safetensors\` holds ${specs.length} tensors as ${half ? "fp16" : "float32"}. \`config.json\` is what the networks are built from: name and version of the architecture of each side with its sizes, and the quantizer. Left out of the model's own folder: the integer tables of the entropy coder and the hashes, which only .nacre files need.`,
      "",
      "| tensor | shape |",
      "| ------ | ----- |",
      ...rows,
      "",
      "A linear layer's weight is [inputs, outputs], a convolution's [outputs, inputs / groups, kernel], as ONNX has them.",
      "",
    ].join("\n"),
  };
}

function ownNetworks(model: AnyModel): NetworkModel | PictureModel {
  if (model.medium === "image" || model.kind === "networks") return model;
  throw new NacreError("model", {
    found: `${model.id}, a model of ONNX files that were imported`,
    expected: "a model of Nacre's own networks",
    mend: "use the ONNX files in its folder",
  });
}

function tensorsOf(model: NetworkModel | PictureModel): { name: string; shape: number[] }[] {
  if (model.medium === "image") return pictureTensors(model.config);
  const { encoder, decoder, config } = model;
  return [
    ...encoder.network.parameters(encoder.config),
    ...decoder.network.parameters(decoder.config),
    ...quantizerTensors(config.quantizer),
  ];
}

function heading({ id, config }: NetworkModel | PictureModel): string[] {
  return [`# ${id}`, "", `${config.description}. Licence: ${config.licence}.`, ""];
}

function graphSection({ name, does, bytes, inputs, outputs, fixed }: ExportedGraph): string[] {
  const row = (kind: string, { name: port, dtype, shape, meaning }: GraphPort) =>
    `| ${kind} | \`${port}\` | ${dtype} | ${shape} | ${meaning} |`;
  const size = `${(bytes.length / 1e6).toFixed(1)} MB`;
  return [
    `## ${name}.onnx: ${does} (${size}${fixed ? ", fixed sizes" : ""})`,
    "",
    "|     | name | type | shape | what |",
    "| --- | ---- | ---- | ----- | ---- |",
    ...inputs.map((port) => row("in", port)),
    ...outputs.map((port) => row("out", port)),
    "",
  ];
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
