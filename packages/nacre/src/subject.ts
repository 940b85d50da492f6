import { layerBytes, readStream, type StreamHeader, soundHeader } from "@nacre/bitstream";
import {
  type Codec,
  type DecodeOptions,
  decoderBlocks,
  encoderBlocks,
  fileCodes,
  type LayerCodes,
  layerCodeBits,
  layerCodebook,
} from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { SoundSubject, Variant } from "@nacre/inspect";
import { resample } from "@nacre/media";
import type { Audio } from "@nacre/signal";
import { soundings } from "./soundings.js";

/** Decodes a file, all of it, by a codec of its model or of a variant. */
type DecodeBy = (
  codec: Codec,
  file: Uint8Array,
  options: Pick<DecodeOptions, "layers" | "edit">,
) => Promise<Audio>;

/** Encodes a sound by a codec of the model or of a variant. */
type EncodeBy = (codec: Codec, sound: Audio, options: { layers: number }) => Promise<Uint8Array>;

/** A file as inspection sees it; all work is done by the codec's own functions. */
export async function subjectOf(
  codec: Codec,
  file: Uint8Array,
  original: Audio | undefined,
  { encodeBy, decodeBy }: { encodeBy: EncodeBy; decodeBy: DecodeBy },
): Promise<SoundSubject & { layers: LayerCodes[][] }> {
  const { header: read, length } = readStream(file);
  const header = soundHeader(read);
  checkModel(codec, header);
  const { layers: bytesPerLayer, container } = layerBytes(file);
  const layers = fileCodes(codec.model, file);
  const blocks = decoderBlocks(codec.model);
  const encoding = encoderBlocks(codec.model);
  return {
    model: header.model,
    medium: "audio",
    sampleRate: header.sampleRate,
    layers,
    bytesPerLayer,
    containerBytes: container,
    duration: length / header.sampleRate,
    decode: (k) => decodeBy(codec, file, { layers: k }),
    codeLengths: (layer, channel) => layerCodeBits(codec.model, layer, layers[layer]![channel]!.data),
    codebook: (layer) => layerCodebook(codec.model.quantizer, layer),
    variant: (variant) => variantOf(codec, file, layers.length, variant, decodeBy),
    soundings: (layer, codes) => soundings(codec, layer, codes),
    ...(blocks !== undefined && {
      decoderBlocks: blocks,
      blockChanges: () => codec.blockChanges(layers.map(([first]) => first!.data)),
    }),
    ...(encoding !== undefined && { encoderBlocks: encoding }),
    ...(original && {
      original,
      latents: (channel: number) => latentsOf(codec, original, layers, channel),
      reencoded: async (encoderBlocks: number) => {
        const other = await codec.variant({ encoderBlocks });
        try {
          return await decodeBy(codec, await encodeBy(other, original, { layers: layers.length }), {});
        } finally {
          await other.close();
        }
      },
    }),
  };
}

// Layers above the last one that is kept are cut off, so that leaving out the last layers is decoding a prefix.
async function variantOf(
  codec: Codec,
  file: Uint8Array,
  count: number,
  { without = [], replaced, blocks }: Variant,
  decodeBy: DecodeBy,
): Promise<Audio> {
  const kept = Array.from({ length: count }, (_, layer) => layer).filter((layer) => !without.includes(layer));
  const layers = 1 + (kept.at(-1) ?? 0);
  const edit: DecodeOptions["edit"] = (codes, first) => {
    if (!replaced) return;
    const data = codes[replaced.channel]?.[replaced.layer];
    const at = replaced.at - first * codec.model.quantizer.alphabets[0]!.length;
    if (data && at >= 0 && at < data.length) data[at] = replaced.code;
  };
  if (without.length === 0 && blocks === undefined) return decodeBy(codec, file, { layers, edit });
  const other = await codec.variant({ without, ...(blocks === undefined ? {} : { decoderBlocks: blocks }) });
  try {
    return await decodeBy(other, file, { layers, edit });
  } finally {
    await other.close();
  }
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

async function latentsOf({ latent, model }: Codec, original: Audio, layers: LayerCodes[][], channel: number) {
  const { quantizer, sampleRate } = model;
  const [samples] = resample({ ...original, channels: [original.channels[channel]!] }, sampleRate).channels;
  const codes = layers.map((layer) => layer[channel]!.data);
  return {
    latent: quantizer.target(await latent(samples!)),
    prefixes: (k: number) => quantizer.dequantize(codes.slice(0, k)),
    dimension: quantizer.dimension,
  };
}
