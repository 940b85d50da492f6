import { constant, onnxModel } from "@nacre/graph";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import { finiteScalarModel } from "../test/finite-scalars.js";
import { chunk, decodeAll, encodeAll, hop, hum, largestDifference, openTiny } from "../test/tiny.js";
import {
  type Codec,
  createCodec,
  decoderBlocks,
  encoderBlocks,
  fileCodes,
  layerCodeBits,
  layerCodebook,
  modelVariant,
} from "./index.js";

const codec = await openTiny();
afterAll(() => codec.close());
const { model } = codec;
const sound = hum(chunk + 20 * hop);
const file = await encodeAll(codec, [sound]);
const codes = fileCodes(model, file).map(([first]) => first!.data);
const books = model.parameters["quantizer.codebooks"]!;
const entry = (layer: number, code: number, i: number) => books[(layer * 32 + code) * 8 + i]!;

async function decodedBy(variant: Codec, layers = 4): Promise<Float32Array> {
  try {
    return (await decodeAll(variant, file, { layers })).channels[0]!;
  } finally {
    await variant.close();
  }
}

/** A model whose last decoder block adds so many times what it would. */
function withLastBlock(times: number) {
  const name = "decoder.blocks.1.layerScale";
  const parameters = { ...model.parameters, [name]: model.parameters[name]!.map((value) => times * value) };
  return createCodec({ ...model, parameters }, createRuntime({ worker: false }), { threads: 1 });
}

test("without its last layers a model decodes what the prefix decodes", async () => {
  const prefix = (await decodeAll(codec, file, { layers: 2 })).channels[0]!;
  expect(largestDifference(await decodedBy(await codec.variant({ without: [2, 3] })), prefix)).toBeLessThan(
    1e-6,
  );
});

test("both forms of a quantizer sum up the entries of the layers that are left", async () => {
  const { quantizer } = modelVariant(model, { without: [0, 2] });
  const frames = codes[0]!.length;
  const expected = Float64Array.from({ length: frames * 8 }, (_, at) => {
    const [frame, i] = [Math.floor(at / 8), at % 8];
    return entry(1, codes[1]![frame]!, i) + entry(3, codes[3]![frame]!, i);
  });
  const rows = Int32Array.from({ length: frames * 4 }, (_, at) => codes[at % 4]![Math.floor(at / 4)]!);
  const graph = onnxModel({ inputs: [], outputs: { sum: quantizer.decode(constant(rows, [frames, 4])) } });
  const session = await createRuntime({ worker: false }).open(graph);
  const { sum } = await session.run({});
  await session.close();
  for (const found of [quantizer.dequantize(codes), sum!.data as Float32Array]) {
    expect(Math.max(...expected.map((value, at) => Math.abs(value - found[at]!)))).toBeLessThan(1e-5);
  }
});

test("a block that adds nothing can be left out, and is told to be idle", async () => {
  expect(decoderBlocks(model)).toBe(2);
  const still = await withLastBlock(0);
  const [whole, shorter] = [
    (await decodeAll(still, file)).channels[0]!,
    await decodedBy(await still.variant({ decoderBlocks: 1 })),
  ];
  expect(largestDifference(whole, shorter)).toBeLessThan(1e-5);
  const changes = await still.blockChanges(codes);
  expect(changes[0]).toBeGreaterThan(0.01);
  expect(changes[1]).toBe(0);
  await still.close();
  const real = (await decodeAll(codec, file)).channels[0]!;
  expect(largestDifference(real, await decodedBy(await codec.variant({ decoderBlocks: 1 })))).toBeGreaterThan(
    0.01,
  );
});

test("an encoder's block that adds nothing can be left out", async () => {
  expect(encoderBlocks(model)).toBe(1);
  const name = "encoder.blocks.0.layerScale";
  const parameters = { ...model.parameters, [name]: model.parameters[name]!.map(() => 0) };
  const still = await createCodec({ ...model, parameters }, createRuntime({ worker: false }), { threads: 1 });
  const shorter = await still.variant({ encoderBlocks: 0 });
  const [whole, short] = [await still.latent(sound), await shorter.latent(sound)];
  expect(largestDifference(whole, short)).toBeLessThan(1e-5);
  expect(largestDifference(await codec.latent(sound), short)).toBeGreaterThan(0.01);
  await Promise.all([still.close(), shorter.close()]);
});

test("a block that adds twice as much changes its state twice as much", async () => {
  const twice = await withLastBlock(2);
  const [one, two] = [await codec.blockChanges(codes), await twice.blockChanges(codes)];
  await twice.close();
  expect(two[0]).toBeCloseTo(one[0]!, 6);
  expect(two[1]).toBeCloseTo(2 * one[1]!, 5);
});

test("codes that are changed while decoding are decoded as if they had been in the file", async () => {
  const changed = codes.map((layer) => layer.slice());
  changed[1]![80] = (codes[1]![80]! + 1) % 32;
  const expected = await codec.synthesize(changed, sound.length);
  const edited = await decodeAll(codec, file, {
    edit: ([first], before) => {
      if (before <= 80 && 80 < before + first![1]!.length) first![1]![80 - before] = changed[1]![80]!;
    },
  });
  expect(largestDifference(edited.channels[0]!, expected)).toBeLessThan(1e-6);
  expect(largestDifference(expected, await codec.synthesize(codes, sound.length))).toBeGreaterThan(1e-3);
});

test("a codebook is the stored one, and that of finite scalars has steps of the grid", () => {
  const { places, dimension, vectors } = layerCodebook(model.quantizer, 2);
  expect([places, dimension]).toEqual([1, 8]);
  const found = vectors(0);
  for (let code = 0; code < 32; code++) {
    for (let i = 0; i < 8; i++) expect(found[code * 8 + i]).toBeCloseTo(entry(2, code, i), 5);
  }
  const scalars = layerCodebook(finiteScalarModel(model).quantizer, 1);
  const [first, second] = [scalars.vectors(3).subarray(0, 8), scalars.vectors(3).subarray(8, 16)];
  const apart = Array.from(second, (value, i) => value - first[i]!);
  expect(apart.filter((value) => Math.abs(value) > 1e-6)).toHaveLength(1);
  expect(apart[3]).toBeGreaterThan(0);
});

test("lengths of codes are those of the tables, and add up to what the layer takes", () => {
  const bits = layerCodeBits(model, 0, codes[0]!);
  const { frequencies } = model.tables[0]!;
  for (const [at, code] of codes[0]!.entries()) {
    expect(2 ** -bits[at]!).toBeCloseTo(frequencies[code]! / 65536, 12);
  }
});
