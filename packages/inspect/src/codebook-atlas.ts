import { NacreError } from "@nacre/errors";
import type { Audio, Picture } from "@nacre/signal";
import { difference } from "./measures/latent-sample.js";
import { mostUsedCodes, placesOf } from "./measures/most-used.js";
import type { InspectSubject, LayerCodes, PictureSubject, PlacedCode, SoundSubject } from "./subject.js";

/**
 * One code of an atlas.
 *
 * count     how often it occurs
 * share     of the codes at its place
 * examples  frames or positions of the input (row by row) that it fits best: least |e - q| / |e|, e what the layer was
 *           given; the first ones where the latents are not known
 * signal    the code decoded alone
 */
export type AtlasCode<Signal> = PlacedCode & {
  count: number;
  share: number;
  examples: { channel: number; at: number }[];
  signal: Signal;
};

/** The most used codes of a content layer, counted from 0 in the file. */
export type AtlasLayer<Signal> = { layer: number; codes: AtlasCode<Signal>[] };

/**
 * most      codes of a layer, 16 by default
 * examples  of a code, 4 by default
 * progress  called before each layer
 * signal    its `aborted` ends the work with NacreError "cancelled"
 */
export type AtlasOptions = {
  most?: number;
  examples?: number;
  progress?: (done: number, total: number) => void;
  signal?: { readonly aborted: boolean };
};

/**
 * The codes that each content layer uses most, each decoded alone, with the places of the input that choose it. A code
 * alone is beside what the decoder was trained on: it shows what the code leans to, not what it does in company.
 *
 * throws  NacreError "shape" for a subject that cannot decode codes alone, "cancelled"
 */
export function codebookAtlas(subject: SoundSubject, options?: AtlasOptions): Promise<AtlasLayer<Audio>[]>;
export function codebookAtlas(
  subject: PictureSubject,
  options?: AtlasOptions,
): Promise<AtlasLayer<Picture>[]>;
export async function codebookAtlas(
  subject: InspectSubject,
  { most = 16, examples = 4, progress, signal }: AtlasOptions = {},
): Promise<AtlasLayer<Audio | Picture>[]> {
  const { layers, soundings } = subject;
  if (!soundings)
    throw new NacreError("shape", { found: "a subject without soundings", expected: "one with" });
  const content = [...layers.keys()].filter((index) => layers[index]![0]!.role === "content");
  const chosen = content.map((index) => mostUsedCodes(layers[index]!, most));
  const found = await examplesOf(subject, content, chosen, examples);
  const atlas: AtlasLayer<Audio | Picture>[] = [];
  for (const [k, index] of content.entries()) {
    if (signal?.aborted) throw new NacreError("cancelled", `the atlas stopped at layer ${k + 1}`);
    progress?.(k, content.length);
    const signals = await soundings(index, chosen[k]!);
    const places = placesOf(layers[index]![0]!);
    const each = layers[index]!.reduce((sum, { data }) => sum + data.length, 0) / places;
    const codes = chosen[k]!.map((code, at) => ({
      ...code,
      share: code.count / each,
      examples: found[k]![at]!,
      signal: signals[at]!,
    }));
    atlas.push({ layer: index, codes });
  }
  return atlas;
}

type Example = { channel: number; at: number; error: number };

/** [content layer][code], the best places of each. */
async function examplesOf(
  { layers, latents }: InspectSubject,
  content: readonly number[],
  chosen: readonly (readonly PlacedCode[])[],
  most: number,
): Promise<{ channel: number; at: number }[][][]> {
  const best = chosen.map((codes) => codes.map((): Example[] => []));
  for (const channel of layers[0]!.keys()) {
    const given = await latents?.(channel);
    for (const [k, index] of content.entries()) {
      const errors = given ? errorsOf(given, k) : undefined;
      collect(layers[index]![channel]!, chosen[k]!, best[k]!, most, channel, errors);
    }
  }
  return best.map((codes) => codes.map((list) => list.map(({ channel, at }) => ({ channel, at }))));
}

/** |e - q|^2 / |e|^2 of each frame or position. */
function errorsOf(
  {
    latent,
    prefixes,
    dimension,
  }: { latent: Float32Array; prefixes: (k: number) => Float32Array; dimension: number },
  k: number,
): Float64Array {
  const before = k === 0 ? latent : difference(latent, prefixes(k));
  const left = difference(latent, prefixes(k + 1));
  return Float64Array.from({ length: latent.length / dimension }, (_, row) => {
    let [error, whole] = [0, 0];
    for (let i = row * dimension; i < (row + 1) * dimension; i++) {
      error += left[i]! ** 2;
      whole += before[i]! ** 2;
    }
    return whole === 0 ? Number.POSITIVE_INFINITY : error / whole;
  });
}

function collect(
  codes: LayerCodes,
  chosen: readonly PlacedCode[],
  best: Example[][],
  most: number,
  channel: number,
  errors: Float64Array | undefined,
): void {
  const places = placesOf(codes);
  for (const [which, { place, code }] of chosen.entries()) {
    const list = best[which]!;
    for (let at = 0; at * places < codes.data.length; at++) {
      if (codes.data[at * places + place] !== code) continue;
      const error = errors?.[at * codes.stride[0]!] ?? 0;
      if (list.length === most && error >= list.at(-1)!.error) continue;
      const behind = list.findIndex((other) => error < other.error);
      list.splice(behind < 0 ? list.length : behind, 0, { channel, at, error });
      if (list.length > most) list.pop();
    }
  }
}
