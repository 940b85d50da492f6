import type { LayerCodes, PlacedCode } from "../subject.js";
import { perContent } from "./bench.js";
import type { ComputedMeasure } from "./measure.js";

/** Codes of a layer that the report names. */
const named = 16;

/** The codes that a layer has most often; codebookAtlas decodes them. */
export const mostUsed: ComputedMeasure = {
  ...{ name: "most-used", title: "Codes that occur most", unit: "" },
  ...{ cost: "cheap", needs: [], page: "most-used" },
  fields: [
    { name: "share", label: "share of all", unit: "" },
    { name: "codes", label: "codes", unit: "" },
    { name: "places", label: "their places in a frame or position", unit: "" },
    { name: "counts", label: "how often", unit: "" },
  ],
  compute: (bench) =>
    perContent(bench, (_, index) => {
      const layer = bench.subject.layers[index]!;
      const found = mostUsedCodes(layer, named);
      const all = layer.reduce((sum, { data }) => sum + data.length, 0);
      const counts = found.map(({ count }) => count);
      const share = counts.reduce((sum, count) => sum + count, 0) / all;
      return {
        share: all === 0 ? { value: null, reason: "the layer has no codes" } : { value: share },
        codes: found.map(({ code }) => code),
        ...(placesOf(layer[0]!) > 1 && { places: found.map(({ place }) => place) }),
        counts,
      };
    }),
};

/** Codes that each frame or position has: what the axes behind frames, or rows and columns, hold. */
export function placesOf({ grid, stride }: Pick<LayerCodes, "grid" | "stride">): number {
  return grid.length > 1 && stride.length === grid.length ? grid.at(-1)! : 1;
}

/**
 * The codes that occur most, all channels together, most first, lower ones first among equals. Codes in the middle of an
 * odd alphabet of a layer with several places stand for zero and are passed over.
 *
 * most  how many at most
 */
export function mostUsedCodes(
  layer: readonly LayerCodes[],
  most: number,
): (PlacedCode & { count: number })[] {
  const { alphabet } = layer[0]!;
  const places = placesOf(layer[0]!);
  const counts = new Map<number, number>();
  for (const { data } of layer) {
    for (const [at, code] of data.entries()) {
      const key = (at % places) * alphabet + code;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const zero = places > 1 && alphabet % 2 === 1 ? (alphabet - 1) / 2 : -1;
  return [...counts]
    .map(([key, count]) => ({ place: Math.floor(key / alphabet), code: key % alphabet, count }))
    .filter(({ code }) => code !== zero)
    .sort((a, b) => b.count - a.count || a.place - b.place || a.code - b.code)
    .slice(0, most);
}
