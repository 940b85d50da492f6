import { input, onnxModel, reshape, slice, type Tensor } from "@nacre/graph";
import type { Runtime, Session } from "@nacre/runtime";
import type { Model } from "./model.js";
import { bakedParameters } from "./model-parts.js";

/** A model's two networks, opened when they are first needed; each has one static shape. */
export type Engine = {
  /**
   * samples  [(past + chunk) * hop], context in front
   * returns  codes [chunk, codes per frame] and latent [chunk, dimension] of the chunk
   */
  analyze(samples: Float32Array): Promise<{ codes: Int32Array; latent: Float32Array }>;
  /**
   * codes    [past + chunk + future, used * codes per layer], context on both sides
   * used     layers that the codes have, 1 .. all
   * returns  samples [chunk * hop] of the chunk
   */
  synthesize(codes: Int32Array, used: number): Promise<Float32Array>;
  /** Windows of so many channels that are worth having under way at once: all lanes busy, one to come. */
  windowsAhead(side: "encoder" | "decoder", channels: number): number;
  close(): Promise<void>;
};

/** Frames of a window, and of context that the networks need beside it. */
export type Geometry = { chunk: number; encoderPast: number; decoderPast: number; decoderFuture: number };

/** Sizes of a model's windows, computed from its networks. */
export function geometryOf({ config, encoder, decoder }: Model): Geometry {
  const { past, future } = decoder.network.describe(decoder.config).receptiveField;
  return {
    chunk: config.framesPerChunk,
    encoderPast: encoder.network.describe(encoder.config).receptiveField.past,
    decoderPast: past,
    decoderFuture: future,
  };
}

/** Joins a model to a runtime; nothing is opened yet. */
export function createEngine(model: Model, runtime: Runtime, threads?: number): Engine {
  const { chunk, encoderPast, decoderPast, decoderFuture } = geometryOf(model);
  const unused = unusedCodes(model);
  const options = { spread: "runs" as const, ...(threads === undefined ? {} : { threads }) };
  const encoder = opened(() => runtime.open(encoderModel(model, encoderPast, chunk), options));
  const frames = decoderPast + chunk + decoderFuture;
  const decoder = opened(() => runtime.open(decoderModel(model, frames, chunk), options));
  return {
    async analyze(samples) {
      const feed = { type: "float32" as const, shape: [1, samples.length], data: samples };
      const { codes, latent } = await (await encoder.session()).run({ samples: feed });
      return { codes: codes!.data as Int32Array, latent: latent!.data as Float32Array };
    },
    async synthesize(codes, used) {
      const feed = {
        type: "int32" as const,
        shape: [frames, unused.length],
        data: widened(codes, codes.length / frames, frames, unused, used < model.quantizer.layers),
      };
      const { samples } = await (await decoder.session()).run({ codes: feed });
      return samples!.data as Float32Array;
    },
    windowsAhead(side, channels) {
      const lanes = (side === "encoder" ? encoder : decoder).lanes();
      return lanes === undefined ? 1 : Math.ceil(lanes / channels) + 1;
    },
    async close() {
      await Promise.all([encoder.close(), decoder.close()]);
    },
  };
}

function opened(open: () => Promise<Session>) {
  let session: Promise<Session> | undefined;
  let lanes: number | undefined;
  return {
    session(): Promise<Session> {
      session ??= open().then((found) => {
        lanes = found.lanes;
        return found;
      });
      return session;
    },
    /** Of the open session; undefined before, and where nothing goes on beside a run. */
    lanes: () => lanes,
    close: async () => (await session)?.close(),
  };
}

// The decoder takes all layers, so that one network serves every prefix; see OpenQuantizer.decode.
function unusedCodes({ quantizer }: Model): Int32Array {
  return Int32Array.from(quantizer.alphabets.flat());
}

function widened(
  codes: Int32Array,
  width: number,
  frames: number,
  unused: Int32Array,
  needed: boolean,
): Int32Array {
  if (!needed) return codes;
  const rows = new Int32Array(frames * unused.length);
  for (let frame = 0; frame < frames; frame++) {
    rows.set(unused, frame * unused.length);
    rows.set(codes.subarray(frame * width, (frame + 1) * width), frame * unused.length);
  }
  return rows;
}

function encoderModel(model: Model, past: number, chunk: number): Uint8Array {
  const { dimension } = model.quantizer;
  const samples = input("samples", "float32", [1, (past + chunk) * model.hop]);
  const latent = reshape(inferred(model, model.encoder, samples, chunk), [chunk, dimension]);
  return onnxModel({
    name: "encoder",
    inputs: [samples],
    outputs: { codes: model.quantizer.encode(latent), latent },
  });
}

function decoderModel(model: Model, frames: number, chunk: number): Uint8Array {
  const { alphabets, dimension } = model.quantizer;
  const codes = input("codes", "int32", [frames, alphabets.flat().length]);
  const latent = reshape(model.quantizer.decode(codes), [1, frames, dimension]);
  return onnxModel({
    name: "decoder",
    inputs: [codes],
    outputs: { samples: inferred(model, model.decoder, latent, chunk) },
  });
}

/** A network with its weights baked in, over context and chunk; gives what is of the chunk. */
function inferred(
  model: Model,
  { network, config }: Model["encoder"],
  source: Tensor,
  chunk: number,
): Tensor {
  const parameters = bakedParameters(network.parameters(config), model.parameters);
  if (network.infer) return network.infer(config, parameters, source);
  const { receptiveField } = network.describe(config);
  const whole = network.forward(config, parameters, source);
  const frames = receptiveField.past + chunk + receptiveField.future;
  const size = whole.shape[1]! / frames;
  return slice(whole, 1, receptiveField.past * size, (receptiveField.past + chunk) * size);
}
