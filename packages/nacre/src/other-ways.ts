import {
  type Codec,
  type DecodeOptions,
  decoderBlocks,
  encoderBlocks,
  type LayerCodes,
  layerCodebook,
} from "@nacre/codec";
import type { SoundSubject, Variant } from "@nacre/inspect";
import type { Audio } from "@nacre/signal";
import { type Strided, soundings } from "./soundings.js";

/** Decodes a file, all of it, by a codec of its model or of a variant. */
type DecodeBy = (
  codec: Codec,
  file: Uint8Array,
  options: Pick<DecodeOptions, "layers" | "edit">,
) => Promise<Audio>;

/** Encodes a sound by a codec of the model or of a variant. */
type EncodeBy = (codec: Codec, sound: Audio, options: { layers: number }) => Promise<Uint8Array>;

/** How a sound gets into a file and out of it, at its own rate and length. */
export type Ways = { encodeBy: EncodeBy; decodeBy: DecodeBy };

type OtherWay =
  | "codebook"
  | "variant"
  | "soundings"
  | "decoderBlocks"
  | "blockChanges"
  | "encoderBlocks"
  | "reencoded";

/** What inspection can ask of a file beside its prefixes: its codebooks, and other ways to decode it. */
export function otherWays(
  codec: Codec,
  file: Uint8Array,
  { layers, original }: { layers: readonly LayerCodes[][]; original: Audio | undefined },
  ways: Ways,
): Pick<SoundSubject, OtherWay> {
  const { model } = codec;
  if (model.kind !== "networks") return {};
  const blocks = decoderBlocks(model);
  const encoding = encoderBlocks(model);
  return {
    codebook: (layer) => layerCodebook(model.quantizer, layer),
    variant: (variant) => variantOf(codec, file, layers.length, variant, ways.decodeBy),
    soundings: (layer, codes) => soundings(codec, layer, codes),
    ...(blocks !== undefined && {
      decoderBlocks: blocks,
      blockChanges: () => codec.blockChanges(layers.map(([first]) => first!.data)),
    }),
    ...(encoding !== undefined && { encoderBlocks: encoding }),
    ...(original && {
      reencoded: (count: number) => reencoded(codec, original, layers.length, count, ways),
    }),
  };
}

async function reencoded(
  codec: Codec,
  original: Audio,
  layers: number,
  count: number,
  { encodeBy, decodeBy }: Ways,
): Promise<Audio> {
  const other = await codec.variant({ encoderBlocks: count });
  try {
    return await decodeBy(codec, await encodeBy(other, original, { layers }), {});
  } finally {
    await other.close();
  }
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
    const { alphabets, strides }: Strided = codec.model.quantizer;
    const frames = first / (strides?.[replaced.layer] ?? 1);
    const at = replaced.at - frames * alphabets[0]!.length;
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
