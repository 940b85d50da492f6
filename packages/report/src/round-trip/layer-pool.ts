import { countStatistics } from "@nacre/inspect";
import { meanOf, meansOf } from "./means.js";
import type { RoundTripLayer, RoundTripReport } from "./schema.js";
import type { TripLayer } from "./trip.js";

/** Layers of many files, added up as they come. Memory: counts of each layer's codes, and some numbers a file. */
export type LayerPool = {
  add(file: string, layers: readonly TripLayer[]): void;
  /**
   * The table over all files.
   *
   * measures  names in the order to show
   * order     names of files: intervals must not depend on which file was done first
   */
  rows(measures: readonly string[], order: readonly string[]): RoundTripLayer[];
  /** Uses of each layer's codes, the most used first. */
  use(): NonNullable<RoundTripReport["use"]>;
};

type Pooled = Pick<TripLayer, "role" | "prefix" | "alphabet"> & {
  counts: Float64Array;
  files: (Omit<TripLayer, "uses"> & { file: string })[];
};

/** An empty pool. */
export function createLayerPool(): LayerPool {
  const pooled = new Map<string, Pooled>();
  return {
    add(file, layers) {
      for (const { uses, ...layer } of layers) {
        const { role, prefix, alphabet } = layer;
        const key = `${role} ${prefix}`;
        const into = pooled.get(key) ?? {
          role,
          prefix,
          alphabet,
          counts: new Float64Array(alphabet),
          files: [],
        };
        pooled.set(key, into);
        into.files.push({ ...layer, file });
        for (let at = 0; at < uses.length; at += 2) into.counts[uses[at]!]! += uses[at + 1]!;
      }
    },
    rows(measures, order) {
      const place = new Map(order.map((name, at) => [name, at]));
      return [...pooled.values()].map((layer, index) => {
        const files = layer.files.toSorted((a, b) => place.get(a.file)! - place.get(b.file)!);
        return rowOf({ ...layer, files }, index, measures);
      });
    },
    use: () =>
      [...pooled.values()].map(({ counts }, layer) => ({
        layer,
        counts: [...counts.filter((uses) => uses > 0)].sort((a, b) => b - a),
      })),
  };
}

function rowOf(
  { role, prefix, alphabet, counts, files }: Pooled,
  index: number,
  measures: readonly string[],
): RoundTripLayer {
  const { count, ...statistics } = countStatistics(counts);
  const quality = ofField("quality", files, measures);
  const gain = ofField("gain", files, measures);
  const [rate, energyAdded] = [
    meanOf(files.map((file) => file.rate)),
    meanOf(files.map((file) => file.energyAdded)),
  ];
  const reason = (field: string) =>
    files.map(({ missing }) => missing[field]).find((each) => each !== undefined) ?? "no file has it";
  return {
    ...{ index, role, prefix, alphabet, files: files.length, codes: count, ...statistics },
    rate: rate?.mean ?? null,
    energyAdded,
    quality: quality.values,
    gain: gain.values,
    missing: {
      ...(rate === null && { rate: reason("rate") }),
      ...(energyAdded === null && { energyAdded: reason("energyAdded") }),
      ...quality.missing,
      ...gain.missing,
    },
  };
}

function ofField(field: "quality" | "gain", files: Pooled["files"], measures: readonly string[]) {
  const rows = files.map((file) => ({ values: file[field], missing: file.missing }));
  return meansOf(measures, rows, `${field}.`);
}
