import type { ParameterSpec } from "@nacre/blocks";

/**
 * Sizes of a model of entries.
 *
 * layers        L
 * codes         Q, codes of a position in a layer; entries K, the alphabet of each
 * channels      C of the latent; sideChannels Z
 */
export type EntrySizes = {
  layers: number;
  codes: number;
  entries: number;
  channels: number;
  sideChannels: number;
};

/** What the probabilities of entries are told by: nothing, or what is decoded already. */
export type EntryProbability = "table" | "linear";

/** Where each part keeps its parameters. */
export const place = {
  side: "entries.side",
  table: (layer: number) => `entries.${layer}.table`,
  weights: (layer: number) => `entries.${layer}.weights`,
};

/** Logits that a table's unit is: a step of the optimizer moves what is nearly certain there soon. */
export const tableUnit = 8;

/** Values that the side codes become at each position. */
export const sideFeatures = 32;

/** Features of a position in a layer: side codes, the layer below, neighbours of the layer itself. */
export function featureCount({ channels }: EntrySizes, layer: number): number {
  return sideFeatures + (layer > 0 ? 2 : 1) * channels;
}

/**
 * Trained tensors of a model of entries, for "table" of each layer a table [1, Q, K] of logits over `tableUnit`,
 * zero at first: all entries alike. For "linear" the table is one for either half of the checkerboard,
 * [2, Q, K], and there are weights [features, Q K], and one map of the side codes for all layers.
 */
export function entryParameters(sizes: EntrySizes, probability: EntryProbability): ParameterSpec[] {
  const { layers, codes, entries, sideChannels } = sizes;
  const zeros = { initial: { kind: "zeros" as const }, decay: false };
  const numbers = Array.from({ length: layers }, (_, layer) => layer);
  const halves = probability === "linear" ? 2 : 1;
  const tables = numbers.map((layer) => ({
    name: place.table(layer),
    shape: [halves, codes, entries],
    ...zeros,
  }));
  if (probability === "table") return tables;
  return [
    ...tables,
    {
      name: place.side,
      shape: [16 * sideFeatures, sideChannels],
      initial: { kind: "normal", deviation: 0.1 / Math.sqrt(sideChannels) },
      decay: false,
    },
    ...numbers.map((layer) => ({
      name: place.weights(layer),
      shape: [featureCount(sizes, layer), codes * entries],
      ...zeros,
    })),
  ];
}
