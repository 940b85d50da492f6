import { initialValues } from "@nacre/blocks";
import { constant } from "@nacre/graph";
import { expect, test } from "vitest";
import { affine, norm } from "../test/float64.js";
import { distance, noise, run } from "../test/run.js";
import { type SpectralEncoderConfig, spectralEncoder } from "./index.js";

const config: SpectralEncoderConfig = {
  sampleRate: 8000,
  window: 12,
  hop: 4,
  compression: 0.3,
  dim: 10,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  latentDim: 6,
  causal: true,
};

// A block whose layer scale is zero is the identity; the block itself has its own test in blocks.
const specs = spectralEncoder.parameters(config);
const values = initialValues(
  specs.map((spec) => ({
    ...spec,
    initial: spec.name.endsWith(".layerScale") ? { kind: "zeros" } : { kind: "uniform", bound: 0.8 },
  })),
  9,
);
const parameters = Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
const hann = Array.from({ length: 12 }, (_, n) => (1 - Math.cos((2 * Math.PI * n) / 12)) / 2);

/** Linear, norm, norm, linear: what is left of the network beside its transform. */
function backbone(x: ArrayLike<number>): Float64Array {
  const at = (name: string) => values[`encoder.${name}`]!;
  const embedded = norm(
    affine(x, at("embed.weight"), at("embed.bias")),
    at("embedNorm.scale"),
    at("embedNorm.bias"),
  );
  const normed = norm(embedded, at("headNorm.scale"), at("headNorm.bias"));
  return affine(normed, at("head.weight"), at("head.bias"));
}

/** Compressed spectrum of the frame that ends with hop t: all real parts, then all imaginary ones. */
function features(samples: Float32Array, t: number): number[] {
  const real: number[] = [];
  const imaginary: number[] = [];
  for (let k = 0; k <= 6; k += 1) {
    let [re, im] = [0, 0];
    for (let n = 0; n < 12; n += 1) {
      const x = (samples[(t + 1) * 4 - 12 + n] ?? 0) * hann[n]!;
      const angle = (2 * Math.PI * k * (n - 6)) / 12;
      re += x * Math.cos(angle);
      im -= x * Math.sin(angle);
    }
    const gain = Math.sqrt(re * re + im * im + 1e-8) ** (0.3 - 1);
    real.push(re * gain);
    imaginary.push(im * gain);
  }
  return [...real, ...imaginary];
}

test.each([1, 1e-4])(
  "with blocks at rest the latent is its formula in float64, at level %f",
  async (level) => {
    const frames = 9;
    const samples = noise(frames * 4).map((x) => x * level);
    const found = await run([1, frames * 4], samples, (x) => spectralEncoder.forward(config, parameters, x));
    const expected = Array.from({ length: frames }, (_, t) => [...backbone(features(samples, t))]).flat();
    expect(distance(found, expected)).toBeLessThan(1e-4);
  },
);
