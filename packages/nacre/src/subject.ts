import { layerBytes, readStream, type StreamHeader, soundHeader } from "@nacre/bitstream";
import { type Codec, decodesPrefixes, fileCodes, type LayerCodes, layerCodeBits } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { SoundSubject } from "@nacre/inspect";
import { resample } from "@nacre/media";
import type { Audio } from "@nacre/signal";
import { otherWays, type Ways } from "./other-ways.js";

/** A file as inspection sees it; all work is done by the codec's own functions. */
export async function subjectOf(
  codec: Codec,
  file: Uint8Array,
  original: Audio | undefined,
  ways: Ways,
): Promise<SoundSubject & { layers: LayerCodes[][] }> {
  const { header: read, length } = readStream(file);
  const header = soundHeader(read);
  checkModel(codec, header);
  const { layers: bytesPerLayer, container } = layerBytes(file);
  const layers = fileCodes(codec.model, file);
  return {
    model: header.model,
    medium: "audio",
    sampleRate: header.sampleRate,
    layers,
    bytesPerLayer,
    containerBytes: container,
    duration: length / header.sampleRate,
    decode: (k) => ways.decodeBy(codec, file, { layers: k }),
    codeLengths: (layer, channel) => layerCodeBits(codec.model, layer, layers[layer]![channel]!.data),
    ...prefixesOf(codec.model),
    ...otherWays(codec, file, { layers, original }, ways),
    ...(original ? { original, ...latentsOf(codec, original, layers) } : {}),
  };
}

// The codes of one model mean nothing to another, and reading them would not fail by itself.
function checkModel({ model }: Codec, { model: name, decodeHash }: StreamHeader): void {
  const [found, expected] = [decodeHash, model.decodeHash].map((hash) => Buffer.from(hash).toString("hex"));
  if (name === model.id && found === expected) return;
  throw new NacreError("model", {
    found: `a file made with ${name}, decode hash ${found}`,
    expected: `${model.id}, decode hash ${expected}`,
    mend: "open the model that the file was made with",
  });
}

/** Which prefixes a model cannot decode. */
function prefixesOf(model: Codec["model"]): Pick<SoundSubject, "undecodable"> {
  if (decodesPrefixes(model)) return {};
  const { layers } = model.quantizer;
  return {
    undecodable: (k) => (k === layers ? undefined : `the decoder takes all ${layers} layers together`),
  };
}

/** Latents by channel; none where a model shows its codes alone. */
function latentsOf(
  { latent, model }: Codec,
  original: Audio,
  layers: LayerCodes[][],
): Pick<SoundSubject, "latents"> {
  if (model.kind !== "networks") return {};
  const { quantizer, sampleRate } = model;
  return {
    async latents(channel) {
      const [samples] = resample(
        { ...original, channels: [original.channels[channel]!] },
        sampleRate,
      ).channels;
      const codes = layers.map((layer) => layer[channel]!.data);
      return {
        latent: quantizer.target(await latent(samples!)),
        prefixes: (k: number) => quantizer.dequantize(codes.slice(0, k)),
        dimension: quantizer.dimension,
      };
    },
  };
}
