import { type LayerInfo, type SoundHeader, type StreamHeader, soundHeader } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import { strideOf } from "./layer-symbols.js";
import type { Model } from "./model.js";
import { hex } from "./model-parts.js";

/**
 * Hertz; above the fastest converters. A decoder resamples to what the file's header says, so a hostile
 * header must not ask for billions of samples out of a second of codes.
 */
export const highestRate = 768_000;

/** What a file's header says of each layer of a model. */
export function layerInfos(model: Model): LayerInfo[] {
  return model.quantizer.alphabets.map((sizes, layer) => ({
    role: "content",
    alphabet: Math.max(...sizes),
    stride: strideOf(model, layer),
  }));
}

/** The number of layers that is asked for, all by default. throws NacreError "option" out of range */
export function layerCount(wanted: number | undefined, available: number): number {
  if (wanted === undefined) return available;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= available) return wanted;
  throw new NacreError("option", { found: `${wanted} layers`, expected: `1 to ${available}` });
}

/** Whether the first layers decode alone: always, but in a pair of ONNX files whose decoder takes all together. */
export function decodesPrefixes(model: Model): boolean {
  return model.kind === "networks" || model.config.prefixes;
}

/** throws NacreError "option" for fewer layers than all, where the decoder takes them together alone */
export function checkPrefix(model: Model, used: number): void {
  const { layers } = model.quantizer;
  if (decodesPrefixes(model) || used === layers) return;
  throw new NacreError("option", {
    found: `${used} layers for ${model.id}`,
    expected: `all ${layers}, which its decoder takes together`,
    mend: "leave the number of layers away, and use a file that was not trimmed",
  });
}

/**
 * The header of a file that a model can decode.
 *
 * throws NacreError "model" when another one made it, "bitstream" when it is not of sound
 */
export function checkHeader(model: Model, found: StreamHeader): SoundHeader {
  const header = soundHeader(found);
  if (header.media !== "audio")
    throw new NacreError("bitstream", { found: `a file of ${header.media}`, expected: "sound" });
  if (header.model !== model.id) {
    throw new NacreError("model", {
      found: `a file made with ${header.model}`,
      expected: model.id,
      mend: `open ${header.model}`,
    });
  }
  if (hex(header.decodeHash) !== hex(model.decodeHash) || !sameLayout(model, header)) {
    throw new NacreError("model", {
      found: `a file made with another ${header.model}, decode hash ${hex(header.decodeHash)}`,
      expected: `decode hash ${hex(model.decodeHash)}, ${model.sampleRate} Hz, at most ${model.quantizer.layers} layers`,
      mend: "get the model that the file was made with",
    });
  }
  if (header.sampleRate > highestRate) {
    throw new NacreError("bitstream", {
      found: `a file that asks for sound of ${header.sampleRate} Hz`,
      expected: `at most ${highestRate}`,
    });
  }
  return header;
}

function sameLayout(model: Model, header: SoundHeader): boolean {
  const infos = layerInfos(model);
  return (
    header.codedSampleRate === model.sampleRate &&
    header.framesPerChunk === model.config.framesPerChunk &&
    header.layers.length <= infos.length &&
    header.layers.every(({ role, alphabet, stride }, layer) => {
      const own = infos[layer]!;
      return role === own.role && alphabet === own.alphabet && stride === own.stride;
    })
  );
}
