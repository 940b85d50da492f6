import { NacreError } from "@nacre/errors";
import {
  codeRows,
  describeLayers,
  expectCount,
  expectLength,
  latentRows,
  type Quantizer,
  usedLayers,
} from "../quantizer.js";

/**
 * steps      [L * D], distance of neighbouring points of every layer and channel, positive
 * layers     L
 * dimension  D
 * reach      K: a layer has the points -K .. K times its step
 * deadZone   how much farther than half a step from zero a value has to be, 0 .. 0.5 steps, before it is
 *            coded as anything but zero, and from every other point before the next one out: the encoder's
 *            choice alone, 0 by default
 */
export type ResidualScalarQuantizerOptions = {
  steps: Float32Array;
  layers: number;
  dimension: number;
  reach: number;
  deadZone?: number;
};

/** Codes of -K .. K stand from 0 on: code - reach is the multiple of the step. */
const mostReach = 32_767;

/**
 * Scalar quantization layer over layer: each layer rounds what the layers below left to a multiple of its
 * own step. Unbounded latents need no squashing; what lies beyond the reach is left to the layers above.
 *
 * throws NacreError "option" for a bad reach or dead zone, or steps that are not positive; "shape" when
 * there are not L * D of them
 */
export function createResidualScalarQuantizer(options: ResidualScalarQuantizerOptions): Quantizer {
  const { steps, layers, dimension, reach } = checked(options);
  const description = describeLayers(
    "residual-scalar",
    "1",
    dimension,
    Array.from({ length: layers }, () => Array<number>(dimension).fill(2 * reach + 1)),
  );
  const stepsOf = (layer: number) => steps.subarray(layer * dimension, (layer + 1) * dimension);
  return {
    describe: () => description,
    quantize(latent, asked = {}) {
      latentRows(latent, dimension);
      const used = usedLayers(asked.layers, layers);
      const codes: Int32Array[] = [];
      const quantized = new Float32Array(latent.length);
      for (let layer = 0; layer < used; layer++) {
        const own = codesOf(latent, quantized, stepsOf(layer), options);
        addPoints(quantized, own, stepsOf(layer), reach);
        codes.push(own);
      }
      return { codes, quantized };
    },
    dequantize(codes) {
      const quantized = new Float32Array(codeRows(codes, description) * dimension);
      for (const [layer, own] of codes.entries()) addPoints(quantized, own, stepsOf(layer), reach);
      return quantized;
    },
  };
}

/** throws as createResidualScalarQuantizer */
export function checked(options: ResidualScalarQuantizerOptions): ResidualScalarQuantizerOptions {
  const { steps, layers, dimension } = options;
  checkRounding(options);
  expectCount("layers", layers);
  expectCount("dimension", dimension);
  expectLength("steps", steps, layers * dimension);
  const wrong = steps.findIndex((step) => !(step > 0 && step < Number.POSITIVE_INFINITY));
  if (wrong < 0) return options;
  throw new NacreError("option", { found: `step ${steps[wrong]}`, expected: "positive finite steps" });
}

/** throws NacreError "option" for a reach or a dead zone out of range */
export function checkRounding({ reach, deadZone = 0 }: { reach: number; deadZone?: number }): void {
  expectCount("reach", reach);
  if (reach > mostReach) {
    throw new NacreError("option", { found: `reach ${reach}`, expected: `at most ${mostReach}` });
  }
  if (deadZone >= 0 && deadZone <= 0.5) return;
  throw new NacreError("option", { found: `dead zone ${deadZone}`, expected: "0 to 0.5 steps" });
}

// In float32 throughout, as the graph computes, so that both name the same code.
function codesOf(
  latent: Float32Array,
  below: Float32Array,
  steps: Float32Array,
  { reach, deadZone = 0 }: ResidualScalarQuantizerOptions,
): Int32Array {
  const bias = Math.fround(0.5 - deadZone);
  return Int32Array.from(latent, (value, i) => {
    const scaled = Math.fround(Math.fround(value - below[i]!) / steps[i % steps.length]!);
    const size = Math.min(reach, Math.floor(Math.fround(Math.abs(scaled) + bias)));
    return reach + (scaled < 0 ? -size : size);
  });
}

function addPoints(total: Float32Array, codes: Int32Array, steps: Float32Array, reach: number): void {
  for (let i = 0; i < total.length; i++) {
    total[i]! += Math.fround((codes[i]! - reach) * steps[i % steps.length]!);
  }
}
