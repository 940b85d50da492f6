import { initialValues } from "@nacre/blocks";
import { constant } from "@nacre/graph";
import { expect, test } from "vitest";
import { affine, norm } from "../test/float64.js";
import { distance, noise, run } from "../test/run.js";
import { type SpectralDecoderConfig, spectralDecoder } from "./index.js";

const config: SpectralDecoderConfig = {
  sampleRate: 8000,
  window: 12,
  hop: 4,
  lookahead: 1,
  dim: 10,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  latentDim: 6,
  causal: true,
};

// A block whose layer scale is zero is the identity; the block itself has its own test in blocks.
const specs = spectralDecoder.parameters(config);
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
  const at = (name: string) => values[`decoder.${name}`]!;
  const embedded = norm(
    affine(x, at("embed.weight"), at("embed.bias")),
    at("embedNorm.scale"),
    at("embedNorm.bias"),
  );
  const normed = norm(embedded, at("headNorm.scale"), at("headNorm.bias"));
  return affine(normed, at("head.weight"), at("head.bias"));
}

/** The window that a head's log magnitudes and phases ask for, weighted for adding up. */
function synthesis(head: Float64Array): number[] {
  return hann.map((h, n) => {
    let sum = 0;
    for (let k = 0; k <= 6; k += 1) {
      const twice = k === 0 || k === 6 ? 1 : 2;
      sum += twice * Math.exp(head[k]!) * Math.cos(head[7 + k]! + (2 * Math.PI * k * (n - 6)) / 12);
    }
    // Three squared Hann windows overlap to 9 / 8. Both ends count their real part alone, so their
    // phase shows as its cosine: at k = 0 and 6 the added angle is a whole number of half turns.
    return (sum / 12) * (h / (9 / 8));
  });
}

test("with blocks at rest the samples are their formula in float64", async () => {
  const frames = 9;
  const latent = noise(frames * 6).map((x) => 3 * x);
  const found = await run([1, frames, 6], latent, (x) => spectralDecoder.forward(config, parameters, x));
  const expected = new Float64Array(frames * 4);
  for (let t = 0; t < frames; t += 1) {
    for (const [n, value] of synthesis(backbone(latent.slice(t * 6, (t + 1) * 6))).entries()) {
      const place = (t + 1) * 4 - 12 + n;
      if (place >= 0) expected[place]! += value;
    }
  }
  expect(distance(found, expected)).toBeLessThan(1e-4);
});
