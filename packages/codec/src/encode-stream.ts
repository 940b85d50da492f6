import { createStreamWriter, FORMAT_VERSION, type SoundHeader } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { AudioStream } from "@nacre/signal";
import { columns } from "./code-joiner.js";
import type { EncodeOptions } from "./codec.js";
import type { Engine } from "./engine.js";
import { checkPrefix, highestRate, layerCount, layerInfos } from "./file-header.js";
import { inFlight } from "./in-flight.js";
import { encodeLayer } from "./layer-symbols.js";
import type { Model } from "./model.js";
import { tailFrames } from "./sides.js";
import { layoutOf, windowsOf } from "./windows.js";

/** Sound at the model's rate to the bytes of a file; see Codec.encode. */
export async function* encodeSound(
  model: Model,
  engine: Engine,
  sound: AudioStream,
  options: EncodeOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkRates(model, sound.sampleRate, options.sampleRate);
  const used = layerCount(options.layers, model.quantizer.layers);
  checkPrefix(model, used);
  const writer = createStreamWriter(headerOf(model, sound, options, used));
  yield writer.start();
  let frames = 0;
  const analyzed = inFlight(
    windowsOf(sound, layoutOf(model, tailFrames(model))),
    () => engine.windowsAhead("encoder", sound.channelCount),
    async (window) => ({
      frames: window.frames,
      channels: await Promise.all(window.channels.map((samples) => engine.analyze(samples, window.first))),
    }),
  );
  for await (const window of analyzed) {
    const codes = window.channels.map((channel) => channel.codes);
    yield writer.chunk({ frames: window.frames, sections: sectionsOf(model, codes, window.frames, used) });
    frames += window.frames;
    options.onProgress?.(frames);
  }
  const length = options.finalLength();
  if (length === 0 || frames === 0) throw noSamples();
  yield writer.finish(length);
}

/** Bytes [layer][channel] of a chunk, from what the encoder gave for each channel. */
function sectionsOf(model: Model, channels: Int32Array[], frames: number, used: number): Uint8Array[][] {
  const layers = channels.map((codes) => columns(model, codes, frames));
  return Array.from({ length: used }, (_, layer) =>
    layers.map((columnsOf) => encodeLayer(model, layer, columnsOf[layer]!)),
  );
}

function headerOf(
  model: Model,
  sound: AudioStream,
  { sampleRate, length }: EncodeOptions,
  used: number,
): SoundHeader {
  return {
    version: FORMAT_VERSION,
    media: "audio",
    model: model.id,
    decodeHash: model.decodeHash,
    sampleRate,
    channels: sound.channelCount,
    codedSampleRate: model.sampleRate,
    length,
    framesPerChunk: model.config.framesPerChunk,
    layers: layerInfos(model).slice(0, used),
  };
}

function checkRates(model: Model, coded: number, original: number): void {
  if (coded !== model.sampleRate) {
    throw new NacreError("option", {
      found: `sound at ${coded} Hz`,
      expected: `${model.sampleRate} Hz, the rate of ${model.id}`,
      mend: "resample it first (@nacre/nacre does)",
    });
  }
  if (Number.isInteger(original) && original >= 1 && original <= highestRate) return;
  throw new NacreError("media", {
    found: `a sound of ${original} Hz`,
    expected: `a whole number from 1 to ${highestRate}`,
    mend: "resample it first",
  });
}

function noSamples(): NacreError {
  return new NacreError("media", { found: "a sound without samples", expected: "at least one" });
}
