import { input, onnxModel, reshape, slice, type Tensor } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import type { CodeWindow } from "./code-joiner.js";
import { wholeGroups } from "./inner-windows.js";
import { codesPerFrame } from "./layer-symbols.js";
import type { Model } from "./model.js";
import { bakedParameters } from "./model-parts.js";
import { sizedSessions } from "./sized-sessions.js";

/** A model's two networks, opened when they are first needed; each has one static shape for a length of input. */
export type Engine = {
  /**
   * samples  whole frames, context in front and, for an encoder that sees ahead, behind
   * first    frames of context in front of the chunk
   * returns  codes [chunk, codes per frame] and latent [chunk, dimension] of the chunk, or of what the samples
   *          have of it
   */
  analyze(samples: Float32Array, first: number): Promise<{ codes: Int32Array; latent: Float32Array }>;
  /**
   * window   codes [frames, used * codes per layer], context on both sides
   * used     layers that the codes have, 1 .. all
   * returns  samples [chunk * hop] of the chunk, or of what the window has of it
   */
  synthesize(window: CodeWindow, used: number): Promise<Float32Array>;
  /** Windows of so many channels that are worth having under way at once: all lanes busy, one to come. */
  windowsAhead(side: "encoder" | "decoder", channels: number): number;
  close(): Promise<void>;
};

/**
 * Frames of a window, and of context that the networks need beside it.
 *
 * decoderInner  windows of codes lie inside the signal; see innerWindows
 */
export type Geometry = {
  chunk: number;
  encoderPast: number;
  decoderPast: number;
  decoderFuture: number;
  decoderInner: boolean;
};

/** Sizes of a model's windows, computed from its networks. */
export function geometryOf({ config, encoder, decoder, framesTogether }: Model): Geometry {
  const { receptiveField, ownEnds = false } = decoder.network.describe(decoder.config);
  return {
    chunk: config.framesPerChunk,
    encoderPast: encoder.network.describe(encoder.config).receptiveField.past,
    decoderPast: wholeGroups(receptiveField.past, framesTogether),
    decoderFuture: wholeGroups(receptiveField.future, framesTogether),
    decoderInner: ownEnds,
  };
}

/** Joins a model to a runtime; nothing is opened yet. */
export function createEngine(model: Model, runtime: Runtime, threads?: number): Engine {
  const { hop, quantizer } = model;
  const unused = unusedCodes(model);
  const options = { spread: "runs" as const, ...(threads === undefined ? {} : { threads }) };
  const encoder = sizedSessions(runtime, options, (frames) => encoderModel(model, frames));
  const decoder = sizedSessions(runtime, options, (frames) => decoderModel(model, frames));
  const encoderCut = cutOf(model, "encoder");
  const decoderCut = cutOf(model, "decoder");
  return {
    async analyze(samples, first) {
      const feed = { type: "float32" as const, shape: [1, samples.length], data: samples };
      const { codes, latent } = await encoder.run(samples.length / hop, { samples: feed });
      return {
        codes: encoderCut(codes!.data as Int32Array, first, unused.length),
        latent: encoderCut(latent!.data as Float32Array, first, quantizer.dimension),
      };
    },
    async synthesize({ codes, first }, used) {
      const width = used * codesPerFrame(model);
      const frames = codes.length / width;
      const feed = {
        type: "int32" as const,
        shape: [frames, unused.length],
        data: widened(codes, width, frames, unused, used < quantizer.layers),
      };
      const { samples } = await decoder.run(frames, { codes: feed });
      return decoderCut(samples!.data as Float32Array, first, hop);
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

/** Takes a chunk out of what a network gave; one without ends of its own gives the chunk alone. */
function cutOf(model: Model, side: "encoder" | "decoder") {
  const { framesPerChunk } = model.config;
  const inner = ownEnds(model[side]);
  return <Values extends Float32Array | Int32Array>(given: Values, first: number, width: number): Values =>
    inner ? (given.subarray(first * width, (first + framesPerChunk) * width) as Values) : given;
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

function encoderModel(model: Model, frames: number): Uint8Array {
  const { dimension } = model.quantizer;
  const samples = input("samples", "float32", [1, frames * model.hop]);
  const inner = inferred(model, model.encoder, samples, frames);
  const latent = reshape(inner, [inner.shape[1]!, dimension]);
  return onnxModel({
    name: "encoder",
    inputs: [samples],
    outputs: { codes: model.quantizer.encode(latent), latent },
  });
}

function decoderModel(model: Model, frames: number): Uint8Array {
  const { alphabets, dimension } = model.quantizer;
  const codes = input("codes", "int32", [frames, alphabets.flat().length]);
  const latent = reshape(model.quantizer.decode(codes), [1, frames, dimension]);
  return onnxModel({
    name: "decoder",
    inputs: [codes],
    outputs: { samples: inferred(model, model.decoder, latent, frames) },
  });
}

/**
 * A network with its weights baked in, over context and chunk; gives what is of the chunk, or everything where
 * the network has ends of its own.
 */
function inferred(
  model: Model,
  { network, config }: Model["encoder"],
  source: Tensor,
  frames: number,
): Tensor {
  const parameters = bakedParameters(network.parameters(config), model.parameters);
  if (ownEnds({ network, config })) return network.forward(config, parameters, source);
  if (network.infer) return network.infer(config, parameters, source);
  const { past, future } = network.describe(config).receptiveField;
  const whole = network.forward(config, parameters, source);
  const size = whole.shape[1]! / frames;
  return slice(whole, 1, past * size, (frames - future) * size);
}

function ownEnds({ network, config }: Model["encoder"]): boolean {
  return network.describe(config).ownEnds ?? false;
}
