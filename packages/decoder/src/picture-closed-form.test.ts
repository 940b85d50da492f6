import { initialValues } from "@nacre/blocks";
import { constant } from "@nacre/graph";
import { expect, test } from "vitest";
import { affine } from "../test/float64.js";
import { decodePictures } from "../test/picture.js";
import { distance, noise } from "../test/run.js";
import { type PictureDecoderConfig, pictureDecoder } from "./index.js";

const config: PictureDecoderConfig = {
  latentDim: 6,
  sideChannels: 3,
  layers: 4,
  dim: 10,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  fineDim: 5,
  fineBlocks: 1,
  fineKernel: 3,
  fineExpansion: 2,
};

// A block whose layer scale is zero is the identity; the block itself has its own test in blocks.
const specs = pictureDecoder.parameters(config);
const values = initialValues(
  specs.map((spec) => ({
    ...spec,
    initial: spec.name.endsWith(".layerScale") ? { kind: "zeros" } : { kind: "uniform", bound: 0.5 },
  })),
  9,
);
const parameters = Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
const at = (name: string) => values[`decoder.${name}`]!;

const [height, width] = [4, 8];
const latent = noise(2 * height * width * 6);
const side = noise(2 * 1 * 2 * 3, 3).map((x) => Math.round(20 * x));
const depths = [1, 4];

/** What position (y, x) of picture b spreads over its 16 quarter positions, from its formulas. */
function refined(b: number, y: number, x: number): Float64Array {
  const cell = (b * 2 + Math.floor(x / 4)) * 3;
  const means = affine(side.subarray(cell, cell + 3), at("mean.weight"), at("mean.bias"));
  const place = 4 * (y % 4) + (x % 4);
  const start = ((b * height + y) * width + x) * 6;
  const row = Array.from({ length: 6 }, (_, c) => {
    const chosen = depths[b]! * 6 + c;
    const scaled = latent[start + c]! * at("depth.gain")[chosen]! + at("depth.bias")[chosen]!;
    return scaled + means[place * 6 + c]!;
  });
  return affine(affine(row, at("embed.weight"), at("embed.bias")), at("refine.weight"), at("refine.bias"));
}

/** The 48 values of quarter `i` of a position: channel, line, column. */
function quarter(spread: Float64Array, i: number): Float64Array {
  return affine(spread.subarray(i * 5, i * 5 + 5), at("head.weight"), at("head.bias"));
}

test("with blocks at rest the pictures are their formulas in float64", async () => {
  const found = await decodePictures(config, parameters, { batch: 2, height, width, latent, side, depths });
  const quarters = Array.from({ length: 2 * height * width }, (_, i) => {
    const spread = refined(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width);
    return Array.from({ length: 16 }, (_, q) => quarter(spread, q));
  });
  const expected = Float64Array.from(found, (_, i) => {
    const [line, column] = [Math.floor(i / (16 * width)) % (16 * height), i % (16 * width)];
    const channel = Math.floor(i / (256 * height * width)) % 3;
    const b = Math.floor(i / (3 * 256 * height * width));
    const position = (b * height + Math.floor(line / 16)) * width + Math.floor(column / 16);
    const own = quarters[position]![4 * Math.floor((line % 16) / 4) + Math.floor((column % 16) / 4)]!;
    return own[channel * 16 + (line % 4) * 4 + (column % 4)]!;
  });
  expect(distance(found, expected)).toBeLessThan(5e-5);
});
