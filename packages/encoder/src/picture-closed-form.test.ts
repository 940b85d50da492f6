import { initialValues } from "@nacre/blocks";
import { constant } from "@nacre/graph";
import { expect, test } from "vitest";
import { affine, gelu } from "../test/float64.js";
import { encodePictures } from "../test/picture.js";
import { distance, noise } from "../test/run.js";
import { type PictureEncoderConfig, pictureEncoder } from "./index.js";

const config: PictureEncoderConfig = {
  dim: 10,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  latentDim: 6,
  sideDim: 5,
  sideChannels: 3,
};

// A block whose layer scale is zero is the identity; the block itself has its own test in blocks.
const specs = pictureEncoder.parameters(config);
const values = initialValues(
  specs.map((spec) => ({
    ...spec,
    initial: spec.name.endsWith(".layerScale") ? { kind: "zeros" } : { kind: "uniform", bound: 0.3 },
  })),
  9,
);
const parameters = Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
const at = (name: string) => values[`encoder.${name}`]!;

const [lines, columns] = [128, 192];
const [height, width] = [lines / 16, columns / 16];

/** The latent of position (y, x): two linear maps of its pixels. */
function position(picture: Float32Array, y: number, x: number): Float64Array {
  const pixels: number[] = [];
  for (let c = 0; c < 3; c += 1) {
    for (let line = 16 * y; line < 16 * y + 16; line += 1) {
      const start = (c * lines + line) * columns + 16 * x;
      pixels.push(...picture.subarray(start, start + 16));
    }
  }
  return affine(affine(pixels, at("embed.weight"), at("embed.bias")), at("head.weight"), at("head.bias"));
}

/** The side values of cell (y, x), from the latent of its 16 positions, line by line. */
function cell(picture: Float32Array, y: number, x: number): Float64Array {
  const latent = Array.from({ length: 16 }, (_, i) =>
    position(picture, 4 * y + Math.floor(i / 4), 4 * x + (i % 4)),
  );
  const hidden = affine(
    latent.flatMap((values) => [...values]),
    at("side.embed.weight"),
    at("side.embed.bias"),
  );
  return affine(hidden.map(gelu), at("side.head.weight"), at("side.head.bias"));
}

test.each([1, 1e-3])(
  "with blocks at rest latent and side values are their formulas in float64, at contrast %f",
  async (contrast) => {
    const picture = noise(3 * lines * columns).map((x) => (x / 2) * contrast);
    const found = await encodePictures(config, parameters, picture, [1, 3, lines, columns]);
    const latent = Array.from({ length: height * width }, (_, i) => [
      ...position(picture, Math.floor(i / width), i % width),
    ]).flat();
    const side = Array.from({ length: (height * width) / 16 }, (_, i) => [
      ...cell(picture, Math.floor(i / (width / 4)), i % (width / 4)),
    ]).flat();
    expect(distance(found.latent, latent)).toBeLessThan(2e-5);
    expect(distance(found.side, side)).toBeLessThan(2e-5);
  },
);
