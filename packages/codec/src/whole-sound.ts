import { sizeOf } from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { codeJoiner, columns } from "./code-joiner.js";
import { type Engine, geometryOf } from "./engine.js";
import { checkPrefix } from "./file-header.js";
import { inFlight } from "./in-flight.js";
import { wholeGroups } from "./inner-windows.js";
import type { LayerCodes } from "./layer-codes.js";
import { codesPerFrame, strideOf } from "./layer-symbols.js";
import type { Model } from "./model.js";
import { tailFrames } from "./sides.js";
import { layoutOf, windowsOf } from "./windows.js";

/** Frames that n samples at the model's rate are coded in: the last windows reach beyond the end. */
export function frameCount(model: Model, samples: number): number {
  return wholeGroups(Math.ceil(samples / model.hop), model.framesTogether) + tailFrames(model);
}

/** Codes of one channel, [layer]. */
export async function codesOf(model: Model, engine: Engine, samples: Float32Array): Promise<LayerCodes[]> {
  const frames = samples.length === 0 ? 0 : frameCount(model, samples.length);
  const layers = model.quantizer.alphabets.map((_, layer) => {
    const shape = layerShape(model, layer, frames);
    return { ...shape, data: new Int32Array(sizeOf(shape.grid)) };
  });
  const filled = layers.map(() => 0);
  for await (const { codes, frames: count } of analyzedWindows(model, engine, samples)) {
    for (const [layer, column] of columns(model, codes, count).entries()) {
      layers[layer]!.data.set(column, filled[layer]!);
      filled[layer]! += column.length;
    }
  }
  return layers;
}

/** What LayerCodes say of a content layer of so many frames beside its codes. */
export function layerShape(model: Model, layer: number, frames: number): Omit<LayerCodes, "data"> {
  const alphabets = model.quantizer.alphabets[layer]!;
  const places = alphabets.length;
  const stride = strideOf(model, layer);
  return {
    role: "content",
    grid: places === 1 ? [frames / stride] : [frames / stride, places],
    stride: places === 1 ? [stride] : [stride, 1],
    alphabet: Math.max(...alphabets),
  };
}

/** Latent [frames, dimension] of one channel. */
export async function latentOf(model: Model, engine: Engine, samples: Float32Array): Promise<Float32Array> {
  if (model.kind === "onnx-pair") throw noLatent(model.id);
  const { dimension } = model.quantizer;
  const frames = samples.length === 0 ? 0 : frameCount(model, samples.length);
  const result = new Float32Array(frames * dimension);
  let at = 0;
  for await (const { latent, frames: count } of analyzedWindows(model, engine, samples)) {
    result.set(latent.subarray(0, count * dimension), at);
    at += count * dimension;
  }
  return result;
}

/**
 * The first `length` samples that codes stand for; zeros where there are fewer.
 *
 * layers  [layer][frames / stride * codes per frame], 1 .. all layers, all of one number of frames
 * throws  NacreError "shape" for codes that the model cannot have
 */
export async function synthesizeWhole(
  model: Model,
  engine: Engine,
  layers: readonly Int32Array[],
  length: number,
): Promise<Float32Array> {
  checkCodes(model, layers);
  checkPrefix(model, layers.length);
  const join = codeJoiner(model, layers.length, 1, geometryOf(model));
  const result = new Float32Array(length);
  let at = 0;
  const needed = Math.ceil(length / (model.hop * model.config.framesPerChunk));
  const windows = [...join.add([layers]), ...join.finish()].slice(0, needed);
  const synthesized = inFlight(
    each(windows),
    () => engine.windowsAhead("decoder", 1),
    async ([window]) => ({
      frames: window!.frames,
      samples: await engine.synthesize(window!, layers.length),
    }),
  );
  for await (const { frames, samples } of synthesized) {
    const part = samples.subarray(0, Math.min(frames * model.hop, length - at));
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** What the encoder gives for each window of one channel; `frames` of it hold sound. */
function analyzedWindows(model: Model, engine: Engine, samples: Float32Array) {
  const sound = {
    sampleRate: model.sampleRate,
    channelCount: 1,
    blocks: each(samples.length > 0 ? [[samples]] : []),
  };
  return inFlight(
    windowsOf(sound, layoutOf(model, tailFrames(model))),
    () => engine.windowsAhead("encoder", 1),
    async ({ channels, first, frames }) => ({ frames, ...(await engine.analyze(channels[0]!, first)) }),
  );
}

function expectedCodes(model: Model): string {
  const { layers, strides } = model.quantizer;
  if (strides === undefined)
    return `1 to ${layers} layers of one length, a multiple of ${codesPerFrame(model)}`;
  return `1 to ${layers} layers of a multiple of ${model.framesTogether} frames, one code in ${strides.join(", ")} frames`;
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* values;
}

function checkCodes(model: Model, layers: readonly Int32Array[]): void {
  const { alphabets } = model.quantizer;
  const places = codesPerFrame(model);
  const frames = ((layers[0]?.length ?? 0) / places) * strideOf(model, 0);
  const fits =
    layers.length >= 1 &&
    layers.length <= alphabets.length &&
    layers.every(({ length }, layer) => length * strideOf(model, layer) === frames * places);
  if (!fits || frames % model.framesTogether !== 0) {
    throw new NacreError("shape", {
      found: `${layers.length} layers of ${layers.map(({ length }) => length).join(", ")} codes`,
      expected: expectedCodes(model),
    });
  }
  for (const [layer, codes] of layers.entries()) {
    const sizes = alphabets[layer]!;
    const wrong = codes.findIndex((code, at) => code < 0 || code >= sizes[at % places]!);
    if (wrong < 0) continue;
    throw new NacreError("shape", {
      found: `code ${codes[wrong]} in layer ${layer + 1}`,
      expected: `0 to ${sizes[wrong % places]! - 1}`,
    });
  }
}

function noLatent(id: string): NacreError {
  return new NacreError("model", {
    found: `${id}, whose encoder shows its codes alone`,
    expected: "a model with a latent",
  });
}
