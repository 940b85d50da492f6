import { add, cast, clip, input, onnxModel, reshape, round, sub } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import { bakedParameters } from "../model-parts.js";
import { sessionsBySize, type WindowSize } from "../picture/picture-engine.js";
import { sideReach } from "../picture/picture-model.js";
import type { FilmModel } from "./film-model.js";

/** A model's two networks, opened for a size of frame when it is first needed; as a PictureEngine, told the prediction. */
export type FilmEngine = {
  /**
   * pixels, prediction  [3, rows * patch, columns * patch]
   * returns             as a picture engine's
   */
  analyze(
    pixels: Float32Array,
    prediction: Float32Array,
    size: WindowSize,
  ): Promise<{ codes: Int32Array; side: Int32Array; latent: Float32Array }>;
  /** As a picture engine's, of the prediction too. */
  synthesize(window: {
    latent: Float32Array;
    side: Float32Array;
    depth: number;
    prediction: Float32Array;
    size: WindowSize;
  }): Promise<Float32Array>;
  close(): Promise<void>;
};

/** Joins a model to a runtime; nothing is opened yet. */
export function createFilmEngine(model: FilmModel, runtime: Runtime, threads?: number): FilmEngine {
  const options = threads === undefined ? {} : { threads };
  const encoders = sessionsBySize((size) => runtime.open(encoderGraph(model, size), options));
  const decoders = sessionsBySize((size) => runtime.open(decoderGraph(model, size), options));
  const { patch, cell, context, quantizer } = model;
  const pixelShape = ({ rows, columns }: WindowSize) => [1, 3, rows * patch, columns * patch];
  return {
    async analyze(pixels, prediction, size) {
      const shape = pixelShape(size);
      const found = await encoders.run(size, {
        frame: { type: "float32", shape, data: pixels },
        prediction: { type: "float32", shape, data: prediction },
      });
      return {
        codes: found.codes!.data as Int32Array,
        side: found.side!.data as Int32Array,
        latent: found.latent!.data as Float32Array,
      };
    },
    async synthesize({ latent, side, depth, prediction, size }) {
      const { rows, columns } = size;
      const oneHot = Float32Array.from({ length: quantizer.layers + 1 }, (_, at) => (at === depth ? 1 : 0));
      const cells = [1, rows / cell, columns / cell, context.sideChannels];
      const found = await decoders.run(size, {
        latent: { type: "float32", shape: [1, rows, columns, quantizer.dimension], data: latent },
        side: { type: "float32", shape: cells, data: side },
        depth: { type: "float32", shape: [1, oneHot.length], data: oneHot },
        prediction: { type: "float32", shape: pixelShape(size), data: prediction },
      });
      return found.frame!.data as Float32Array;
    },
    async close() {
      await Promise.all([encoders.close(), decoders.close()]);
    },
  };
}

function encoderGraph(model: FilmModel, { rows, columns }: WindowSize): Uint8Array {
  const { encoder, decoder, quantizer, patch, parameters } = model;
  const { network, config } = encoder;
  const shape = [1, 3, rows * patch, columns * patch];
  const [frame, prediction] = [input("frame", "float32", shape), input("prediction", "float32", shape)];
  const weights = bakedParameters(network.parameters(config), parameters);
  const { latent, side } = network.forward(config, weights, frame, prediction);
  const whole = round(clip(side, -sideReach, sideReach));
  const told = bakedParameters(decoder.network.parameters(decoder.config), parameters);
  const mean = decoder.network.mean(decoder.config, told, whole);
  const flat = reshape(sub(latent, mean), [rows * columns, quantizer.dimension]);
  return onnxModel({
    name: "encoder",
    inputs: [frame, prediction],
    outputs: { codes: quantizer.encode(flat), side: cast(add(whole, sideReach), "int32"), latent: flat },
  });
}

function decoderGraph(model: FilmModel, { rows, columns }: WindowSize): Uint8Array {
  const { decoder, quantizer, patch, cell, context, parameters } = model;
  const { network, config } = decoder;
  const latent = input("latent", "float32", [1, rows, columns, quantizer.dimension]);
  const side = input("side", "float32", [1, rows / cell, columns / cell, context.sideChannels]);
  const depth = input("depth", "float32", [1, quantizer.layers + 1]);
  const prediction = input("prediction", "float32", [1, 3, rows * patch, columns * patch]);
  const weights = bakedParameters(network.parameters(config), parameters);
  const frame = network.forward(config, weights, { latent, side, depth, prediction });
  return onnxModel({ name: "decoder", inputs: [latent, side, depth, prediction], outputs: { frame } });
}
