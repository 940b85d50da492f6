import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import {
  decodeWhole,
  encodePicture,
  openTinyPicture,
  psnr,
  samePicture,
  scene,
} from "../../test/tiny-picture.js";
import { createPictureCodec, decoderBlocks, modelVariant, pictureFileCodes } from "../index.js";

const codec = await openTinyPicture();
afterAll(() => codec.close());
const { model } = codec;
const picture = scene(200, 150);
const file = await encodePicture(codec, picture, { layers: 3 });
const codes = pictureFileCodes(model, file);

test("a sum without a layer is that of the steps of the others", () => {
  const steps = model.parameters["quantizer.steps"]!;
  const { reach } = model.config.quantizer;
  const { quantizer } = modelVariant(model, { without: [1] });
  const [, first, , third] = codes.map(({ data }) => data);
  const found = quantizer.dequantize(codes.slice(1).map(({ data }) => data));
  for (let at = 0; at < found.length; at += 97) {
    const value = (data: Int32Array, layer: number) => (data[at]! - reach) * steps[layer * 8 + (at % 8)]!;
    expect(found[at]).toBeCloseTo(value(first!, 0) + value(third!, 2), 4);
  }
});

test("a layer that is left out is missing in the picture, and nothing left out is the picture", async () => {
  const whole = await decodeWhole(codec, file);
  const [same, without] = [await codec.variant({}), await codec.variant({ without: [0] })];
  expect(samePicture(await decodeWhole(same, file), whole)).toBe(true);
  expect(psnr(await decodeWhole(without, file), picture)).toBeLessThan(psnr(whole, picture) - 3);
  await Promise.all([same.close(), without.close()]);
});

test("a block that adds nothing can be left out, and is told to be idle", async () => {
  expect(decoderBlocks(model)).toBe(1);
  const name = "decoder.blocks.0.layerScale";
  const parameters = { ...model.parameters, [name]: model.parameters[name]!.map(() => 0) };
  const still = await createPictureCodec({ ...model, parameters }, createRuntime({ worker: false }), {
    threads: 1,
  });
  const shorter = await still.variant({ decoderBlocks: 0 });
  expect(samePicture(await decodeWhole(shorter, file), await decodeWhole(still, file))).toBe(true);
  expect(await still.blockChanges(codes)).toEqual([0]);
  expect((await codec.blockChanges(codes))[0]).toBeGreaterThan(0);
  await Promise.all([still.close(), shorter.close()]);
});

test("codes that are changed while decoding are decoded, tile by tile where they lie", async () => {
  const [row, column] = [3, 10];
  const changed = codes.map((layer) => ({ ...layer, data: layer.data.slice() }));
  const columns = codes[1]!.grid[1]!;
  const place = (row * columns + column) * 8;
  changed[1]!.data[place] = codes[1]!.data[place]! + 5;
  const edited = await decodeWhole(codec, file, {
    edit: ([first], at) => {
      const [y, x] = [row - at.row, column - at.column];
      if (y >= 0 && y < at.rows && x >= 0 && x < at.columns) first![(y * at.columns + x) * 8]! += 5;
    },
  });
  expect(samePicture(edited, await codec.synthesize(changed, picture))).toBe(true);
  expect(samePicture(edited, await decodeWhole(codec, file))).toBe(false);
});
