import { fileURLToPath } from "node:url";
import { createPictureCodec, type EncodePictureOptions } from "@nacre/codec";
import { readPictureModel } from "@nacre/codec/node";
import { isNacreError } from "@nacre/errors";
import { inspectLayers } from "@nacre/inspect";
import { createRuntime } from "@nacre/runtime/node";
import type { Picture } from "@nacre/signal";
import { afterAll, expect, test } from "vitest";
import { pictureSubjectOf, trimLayers } from "./index.js";

const model = await readPictureModel(
  fileURLToPath(new URL("../../codec/test/tiny-picture-model", import.meta.url)),
);
const codec = await createPictureCodec(model, createRuntime({ worker: false }), { threads: 1 });
afterAll(() => codec.close());

/** Two tiles wide, the second in part, with an alpha of one step. */
const [width, height] = [200, 130];
const original: Picture = {
  ...{ width, height, colour: "rgb", bitDepth: 8 },
  planes: [0, 1, 2].map((c) =>
    Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      return Math.round(127 + 60 * Math.sin(x / (7 + c)) + 50 * Math.cos((x * y) / 700));
    }),
  ),
  alpha: Uint8Array.from({ length: width * height }, (_, at) => (at % width < 50 ? 0 : 255)),
};
const file = await encoded({ layers: 3 });
const subject = pictureSubjectOf(codec, file, original);

async function encoded(options: EncodePictureOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of codec.encode(original, options)) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

test("layers are alpha, side codes and content, and their bytes with the container are the file", () => {
  expect(subject.layers.map(([layer]) => layer!.role)).toEqual([
    "alpha",
    "side",
    "content",
    "content",
    "content",
  ]);
  const bytes = subject.bytesPerLayer.reduce((sum, each) => sum + each, subject.containerBytes);
  expect(bytes).toBe(file.length);
  expect(subject.layers[0]![0]!.data).toEqual(Int32Array.from(original.alpha!));
});

test.each([{ layers: 3 }, { quality: 20 }])(
  "the bits of all places are the bytes of the layer, up to what each section adds: %o",
  async (options) => {
    const tiles = 4;
    const coded = pictureSubjectOf(codec, await encoded(options));
    for (const [layer, bytes] of coded.bytesPerLayer.entries()) {
      const { rows, columns, side, bits } = coded.bitMap!(layer);
      expect(bits).toHaveLength(rows * columns);
      expect(rows * side).toBeGreaterThanOrEqual(height);
      expect(columns * side).toBeGreaterThanOrEqual(width);
      const total = bits.reduce((sum, each) => sum + each, 0) / 8;
      expect(bytes - total).toBeGreaterThan(-0.05);
      // Two bytes at the coder's end, three where tables are narrowed.
      expect(bytes - total).toBeLessThan(5.5 * tiles);
    }
  },
);

test("a report has quality and energy that rise with the layers, and bits in context within those without", async () => {
  const { layers } = await inspectLayers(subject);
  const content = layers.slice(2);
  for (const [i, layer] of content.entries()) {
    if (i === 0) continue;
    expect(layer.quality.psnrRgb).toBeGreaterThan(content[i - 1]!.quality.psnrRgb!);
    expect(layer.energyExplained).toBeGreaterThan(content[i - 1]!.energyExplained!);
  }
  expect(layers[0]!.entropyBits).toBeCloseTo(-(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75)), 9);
  expect(layers[0]!.contextBits).toBeLessThan(0.01);
});

test("prefixes are decoded by the given function, so that they can be kept; without an original there is no quality", async () => {
  const seen: (number | undefined)[] = [];
  const bare = pictureSubjectOf(codec, trimLayers(file, 2), undefined, async ({ layers }) => {
    seen.push(layers);
    return original;
  });
  expect((await inspectLayers(bare)).layers[2]!.missing["quality.psnrRgb"]).toMatch(/original/);
  expect(seen).toEqual([]);
  await bare.decode(2);
  expect(seen).toEqual([2]);
});

test("a file of another model is refused", () => {
  const other = { ...codec, model: { ...model, id: "other@1" } };
  let error: unknown;
  try {
    pictureSubjectOf(other, file);
  } catch (caught) {
    error = caught;
  }
  expect(isNacreError(error) && error.code).toBe("model");
});
