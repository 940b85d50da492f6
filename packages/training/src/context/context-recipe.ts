import type { ParameterSpec } from "@nacre/blocks";
import type { ContextSource } from "@nacre/entropy";

/**
 * A linear context as a recipe has it.
 *
 * tables          scales that codes may have, 2 .. 256
 * precision       fraction bits of the integer sums
 * lowest, highest scales of the first and the last table, in steps; those between are even in the logarithm
 */
export type ContextRecipe = { tables: number; precision: number; lowest: number; highest: number };

/**
 * Sizes that a context's maps follow from: L layers of C codes, Z side codes.
 *
 * remembers  it looks at the codes of the frame before too
 */
export type ContextSizes = { layers: number; channels: number; sideChannels: number; remembers?: boolean };

/** A source before its weights are known. */
export type SourcePlan = Omit<ContextSource, "weights">;

/**
 * What the context of each layer looks at: the side codes; of the layer below its codes and their
 * neighbours; of all layers further down the own channel; of the layer itself the neighbours; and the same layer of the frame
 * before at the own channel, where there is one.
 *
 * Side codes are worth more a unit than magnitudes (sixteen a doubling), so their weights are coarser.
 */
export function sourcesOf(layer: number, { remembers }: Pick<ContextSizes, "remembers"> = {}): SourcePlan[] {
  const sources: SourcePlan[] = [{ feature: "side", layer: 0, diagonal: false, shift: 2 }];
  if (layer > 0) {
    sources.push({ feature: "codes", layer: layer - 1, diagonal: false, shift: 0 });
    sources.push({ feature: "neighbours", layer: layer - 1, diagonal: true, shift: 0 });
  }
  for (let lower = 0; lower < layer - 1; lower++) {
    sources.push({ feature: "codes", layer: lower, diagonal: true, shift: 0 });
  }
  sources.push({ feature: "neighbours", layer, diagonal: false, shift: 0 });
  if (remembers) sources.push({ feature: "before", layer, diagonal: true, shift: 0 });
  return sources;
}

/** Where each part of a layer keeps its parameters. */
export const place = {
  bias: (layer: number) => `context.${layer}.bias`,
  weights: (layer: number, source: number) => `context.${layer}.${source}.weights`,
};

/**
 * Trained tensors of a context: biases [2 C], as shares of the tables, so that a step of the optimizer moves
 * them by whole tables soon; and of each source weights, in tables, in the shape that `ContextSource` gives.
 * It starts where codes are mostly zero, as nearly all are once training is under way, and looks at nothing.
 */
export function contextParameters(sizes: ContextSizes): ParameterSpec[] {
  const { layers, channels } = sizes;
  return Array.from({ length: layers }, (_, layer) => [
    {
      name: place.bias(layer),
      shape: [2 * channels],
      initial: { kind: "constant" as const, value: 0.3 },
      decay: false,
    },
    ...sourcesOf(layer, sizes).map((source, at) => ({
      name: place.weights(layer, at),
      shape: weightShape(source, sizes),
      initial: { kind: "zeros" as const },
      decay: false,
    })),
  ]).flat();
}

/** Shape of a source's weights. */
export function weightShape(
  { feature, diagonal }: SourcePlan,
  { channels, sideChannels }: ContextSizes,
): number[] {
  if (feature === "side") return [16 * channels, sideChannels];
  return diagonal ? [channels] : [channels, channels];
}
