import { isNacreError } from "@nacre/errors";
import { input } from "@nacre/graph";
import { expect, test } from "vitest";
import { photo, shapesOf, small, starting } from "../test/picture.js";
import { pictureDecoder, pictureDecoderByName, pictureDecoders } from "./index.js";

const hostile: Record<string, unknown>[] = [
  { dim: 4097 },
  { dim: 0 },
  { dim: -1 },
  { dim: 1.5 },
  { dim: "192" },
  { dim: Number.NaN },
  { dim: null },
  { blocks: 1e9 },
  { blocks: 0 },
  { kernel: 4 },
  { kernel: 33 },
  { kernel: 1e300 },
  { expansion: 9 },
  { latentDim: 1e6 },
  { sideChannels: 1025 },
  { layers: 0 },
  { layers: 65 },
  { fineDim: 1025 },
  { fineBlocks: 0 },
  { fineKernel: 2 },
  { fineExpansion: {} },
  { dim: 4096, blocks: 64, expansion: 8 },
  { latentDim: 4096, sideChannels: 1024, dim: 4096, fineDim: 1024, blocks: 9, expansion: 1 },
  { surprise: 1 },
];

test.each(hostile)("a config with %j is refused", (change) => {
  expect(codeOf(() => pictureDecoder.parse({ ...small, ...change }))).toBe("model");
});

test("a config survives JSON, and lacks no field", () => {
  expect(pictureDecoder.parse(JSON.parse(JSON.stringify(photo)))).toEqual(photo);
  for (const field of Object.keys(small)) {
    const { [field]: _, ...rest } = small as Record<string, unknown>;
    expect(
      codeOf(() => pictureDecoder.parse(rest)),
      field,
    ).toBe("model");
  }
});

test("inputs that do not fit the config or each other are refused", () => {
  const fits = shapesOf(small, { batch: 2, height: 4, width: 8 });
  for (const change of [
    { latent: [2, 4, 8, 5] },
    { latent: [2, 32, 6] },
    { latent: [1, 4, 8, 6] },
    { latent: [2, 4, 7, 6] },
    { latent: [2, 6, 8, 6], side: [2, 1.5, 2, 3] },
    { side: [2, 4, 8, 3] },
    { side: [2, 1, 2, 4] },
    { depth: [2, 4] },
    { depth: [1, 5] },
  ]) {
    const { latent, side, depth } = { ...fits, ...change };
    const build = () =>
      pictureDecoder.forward(small, starting(small), {
        latent: input("latent", "float32", latent),
        side: input("side", "float32", side),
        depth: input("depth", "float32", depth),
      });
    expect(codeOf(build), JSON.stringify(change)).toBe("shape");
  }
});

test("picture decoders are found by name and version, and sound's are not among them", () => {
  for (const network of pictureDecoders) {
    expect(pictureDecoderByName(network.name, network.version)).toBe(network);
  }
  expect(pictureDecoderByName("picture-decoder")).toBe(pictureDecoder);
  expect(codeOf(() => pictureDecoderByName("spectral-decoder"))).toBe("model");
  expect(codeOf(() => pictureDecoderByName("picture-decoder", 99))).toBe("version");
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}
