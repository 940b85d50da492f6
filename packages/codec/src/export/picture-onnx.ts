import { cast, clip, input, oneHot, reshape, round, sub, transpose } from "@nacre/graph";
import { bakedParameters } from "../model-parts.js";
import { type PictureModel, sideReach } from "../picture/picture-model.js";
import { type ExportedGraph, exportGraph } from "./exported-graph.js";

/** A picture model as four ONNX graphs: what the codec runs on a window of whole cells. */
export function pictureGraphs(model: PictureModel): ExportedGraph[] {
  const { quantizer, context, cell, patch, config } = model;
  const { layers, dimension } = quantizer;
  const { size, encoderMargin } = config.tile;
  const cells = (size + 2 * encoderMargin) / cell;
  const sizes = { least: { rows: 2, columns: 2 }, fixed: { rows: cells, columns: cells } };
  const pixels = `[1, 3, ${cell * patch} * rows, ${cell * patch} * columns]`;
  const [down, across] = [`${cell} * rows`, `${cell} * columns`];
  const latentShape = `[1, ${down}, ${across}, ${dimension}]`;
  const codeShape = `[1, ${layers}, ${down}, ${across}, ${dimension}]`;
  const side: readonly [string, string] = [
    `[1, rows, columns, ${context.sideChannels}]`,
    `side codes, whole numbers from -${sideReach} to ${sideReach}; a .nacre file holds them ${sideReach} higher`,
  ];
  return [
    exportGraph({
      name: "encoder",
      does: "pixels to the latent and side codes",
      ...sizes,
      build: ({ rows = 0, columns = 0 }) => encoderParts(model, rows * cell, columns * cell),
      ports: {
        picture: [pixels, "red, green, blue: sample / 255 - 0.5"],
        latent: [latentShape, "less the mean that the side codes tell"],
        side,
      },
    }),
    exportGraph({
      name: "quantizer",
      does: "the latent to codes",
      ...sizes,
      build({ rows = 0, columns = 0 }) {
        const [height, width] = [rows * cell, columns * cell];
        const latent = input("latent", "float32", [1, height, width, dimension]);
        const found = quantizer.encode(reshape(latent, [height * width, dimension]));
        const apart = transpose(reshape(found, [height * width, layers, dimension]), [1, 0, 2]);
        const codes = cast(reshape(apart, [1, layers, height, width, dimension]), "int64");
        return { inputs: [latent], outputs: { codes } };
      },
      ports: {
        latent: [latentShape, "as the encoder gives it"],
        codes: [
          codeShape,
          `whole numbers from 0, ${context.reach} stands for zero; the first layer is the coarsest`,
        ],
      },
    }),
    exportGraph({
      name: "dequantizer",
      does: "codes to the latent",
      ...sizes,
      build({ rows = 0, columns = 0 }) {
        const [height, width] = [rows * cell, columns * cell];
        const codes = input("codes", "int64", [1, layers, height, width, dimension]);
        const apart = transpose(reshape(codes, [layers, height * width, dimension]), [1, 0, 2]);
        const latent = quantizer.decode(cast(reshape(apart, [height * width, layers * dimension]), "int32"));
        return { inputs: [codes], outputs: { latent: reshape(latent, [1, height, width, dimension]) } };
      },
      ports: {
        codes: [codeShape, "as the quantizer gives them; the code of a layer that is left out adds nothing"],
        latent: [latentShape, "the sum of the layers"],
      },
    }),
    exportGraph({
      name: "decoder",
      does: "the latent and side codes to pixels",
      ...sizes,
      build: ({ rows = 0, columns = 0 }) => decoderParts(model, rows * cell, columns * cell),
      ports: {
        latent: [latentShape, "as the dequantizer gives it"],
        side,
        layers: ["[1]", `layers that the latent is the sum of, 0 to ${layers}`],
        picture: [pixels, "red, green, blue: clip((value + 0.5) * 255)"],
      },
    }),
  ];
}

function encoderParts({ encoder, decoder, patch, parameters }: PictureModel, height: number, width: number) {
  const { network, config } = encoder;
  const picture = input("picture", "float32", [1, 3, height * patch, width * patch]);
  const weights = bakedParameters(network.parameters(config), parameters);
  const { latent, side } = network.forward(config, weights, picture);
  const whole = round(clip(side, -sideReach, sideReach));
  const told = bakedParameters(decoder.network.parameters(decoder.config), parameters);
  const mean = decoder.network.mean(decoder.config, told, whole);
  return { inputs: [picture], outputs: { latent: sub(latent, mean), side: whole } };
}

function decoderParts(model: PictureModel, height: number, width: number) {
  const { decoder, quantizer, cell, context, parameters } = model;
  const { network, config } = decoder;
  const latent = input("latent", "float32", [1, height, width, quantizer.dimension]);
  const side = input("side", "float32", [1, height / cell, width / cell, context.sideChannels]);
  const layers = input("layers", "int64", [1]);
  const weights = bakedParameters(network.parameters(config), parameters);
  const depth = oneHot(layers, network.describe(config).layers + 1);
  const picture = network.forward(config, weights, { latent, side, depth });
  return { inputs: [latent, side, layers], outputs: { picture } };
}
