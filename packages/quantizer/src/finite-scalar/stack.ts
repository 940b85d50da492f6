import { NacreError } from "@nacre/errors";
import {
  codeRows,
  describeLayers,
  expectCount,
  latentRows,
  type Quantizer,
  usedLayers,
} from "../quantizer.js";
import {
  boundValue,
  type Grid,
  type GridVariant,
  gridVariants,
  makeGrid,
  nearestCode,
  pointTable,
} from "./grid.js";

/**
 * A stack of grids that share their levels; layer 0 alone is plain finite scalar quantization.
 * scales  [L][D], the size of each layer's grid; 1 for layer 0
 */
export function gridStack(
  kind: string,
  version: string,
  { levels, variant }: { levels: readonly number[]; variant: GridVariant },
  scales: readonly (readonly number[])[],
): Quantizer {
  expectCount("layers", scales.length);
  expectCount("number of channels", levels.length);
  if (!gridVariants.includes(variant)) {
    throw new NacreError("option", {
      found: `variant "${variant}"`,
      expected: `one of ${gridVariants.join(", ")}`,
    });
  }
  const grids = levels.map((count) => makeGrid(count, variant));
  const tables = scales.map((scale) => pointTable(grids, scale));
  const description = describeLayers(
    kind,
    version,
    levels.length,
    scales.map(() => [...levels]),
  );
  return {
    describe: () => description,
    quantize(latent, { layers: asked } = {}) {
      latentRows(latent, levels.length);
      const used = usedLayers(asked, scales.length);
      const bounded = Float64Array.from(latent, (value, i) => boundValue(grids[i % grids.length]!, value));
      const quantized = new Float32Array(latent.length);
      const codes = scales.slice(0, used).map((scale, layer) => {
        const found = roundLayer(grids, scale, bounded, quantized);
        addPoints(tables[layer]!, found, quantized);
        return found;
      });
      return { codes, quantized };
    },
    dequantize(codes) {
      const total = new Float32Array(codeRows(codes, description) * levels.length);
      for (const [layer, found] of codes.entries()) addPoints(tables[layer]!, found, total);
      return total;
    },
  };
}

function roundLayer(
  grids: readonly Grid[],
  scale: readonly number[],
  bounded: Float64Array,
  lower: Float32Array,
): Int32Array {
  return Int32Array.from(bounded, (value, i) => {
    const channel = i % grids.length;
    return nearestCode(grids[channel]!, (value - lower[i]!) / scale[channel]!);
  });
}

function addPoints(
  { points, starts }: ReturnType<typeof pointTable>,
  codes: Int32Array,
  total: Float32Array,
): void {
  for (let i = 0; i < codes.length; i++) {
    total[i] = total[i]! + points[starts[i % starts.length]! + codes[i]!]!;
  }
}
