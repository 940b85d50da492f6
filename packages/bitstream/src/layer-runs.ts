import { type Cursor, readVarint, refuse, writeVarint } from "./cursor.js";
import { type FieldRange, rangeFault } from "./field-range.js";

/**
 * One layer of codes, as the container needs to know it.
 *
 * role       "content" layers make up the prefixes; a "side" layer stands before the first content layer that needs it
 * alphabet   1 .. 2^24, number of different codes
 * stride     1 .. 2^24, frames from one code to the next
 */
export type LayerInfo = { role: "content" | "side"; alphabet: number; stride: number };

/** More layers than this are refused. */
const MOST_LAYERS = 255;

/** Appends layers. Twelve equal ones are one run: count and role, alphabet, stride. */
export function writeLayers(bytes: number[], layers: readonly LayerInfo[]): void {
  const runs: { layer: LayerInfo; count: number }[] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last && sameLayer(last.layer, layer)) last.count++;
    else runs.push({ layer, count: 1 });
  }
  writeVarint(bytes, runs.length);
  for (const { layer, count } of runs) {
    writeVarint(bytes, count * 2 + (layer.role === "side" ? 1 : 0));
    writeVarint(bytes, layer.alphabet);
    writeVarint(bytes, layer.stride);
  }
}

/** Reads what `writeLayers` wrote. */
export function readLayers(cursor: Cursor): LayerInfo[] {
  const layers: LayerInfo[] = [];
  const runs = readVarint(cursor);
  for (let run = 0; run < runs && !cursor.short && !cursor.bad; run++) {
    const word = readVarint(cursor);
    const count = Math.floor(word / 2);
    if (count === 0 || layers.length + count > MOST_LAYERS) {
      refuse(cursor);
      break;
    }
    const layer: LayerInfo = {
      role: word % 2 ? "side" : "content",
      alphabet: readVarint(cursor),
      stride: readVarint(cursor),
    };
    for (let copy = 0; copy < count; copy++) layers.push({ ...layer });
  }
  return layers;
}

function sameLayer(a: LayerInfo, b: LayerInfo): boolean {
  return a.role === b.role && a.alphabet === b.alphabet && a.stride === b.stride;
}

/** The first thing wrong with layers, in words. */
export function layersFault(layers: readonly LayerInfo[]): string | undefined {
  if (layers.length > MOST_LAYERS) return `${layers.length} layers, expected at most ${MOST_LAYERS}`;
  if (!layers.some((layer) => layer.role === "content")) return "no content layer, expected at least 1";
  return rangeFault(
    layers.flatMap(({ alphabet, stride }, index): FieldRange[] => [
      [`alphabet of layer ${index}`, alphabet, 1, 2 ** 24],
      [`stride of layer ${index}`, stride, 1, 2 ** 24],
    ]),
  );
}
