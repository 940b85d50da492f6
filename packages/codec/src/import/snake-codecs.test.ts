import { input, onnxModel } from "@nacre/graph";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  changedWeights,
  equalCodes,
  equalShare,
  foreignFiles,
  importedModel,
  importVectors,
  misfit,
  openedImport,
  refusal,
} from "../../test/imports.js";
import { codeOf, decodeAll, encodeAll } from "../../test/tiny.js";
import { type Codec, fileCodes, openForeignModel, type TrainedModel, writeSafetensors } from "../index.js";

// Written by tools/import-proof/dac_vectors.py and snac_vectors.py with the originals.
const runtime = createRuntime({ worker: false });
const cases = ["dac-transformers", "dac-own", "snac-strides", "snac-attention"] as const;
const opened = (trained: TrainedModel) => openedImport(trained, runtime);

describe.each(cases)("%s", (name) => {
  let codec: Codec;
  beforeAll(async () => {
    codec = await opened(await importedModel(name));
  });
  afterAll(() => codec.close());

  test("gives the original's codes, channel by channel, for every length", async () => {
    let [all, equal] = [0, 0];
    for (const { samples, codes } of await importVectors(name)) {
      for (const [channel, sound] of samples.entries()) {
        const found = (await codec.codes(sound)).map(({ data }) => data);
        expect(found.map(({ length }) => length)).toEqual(codes[channel]!.map(({ length }) => length));
        const counts = equalCodes(found, codes[channel]!);
        all += counts.all;
        equal += counts.equal;
      }
    }
    expect(equal / all).toBeGreaterThan(0.999);
  });

  test("decodes the original's codes to its sound within 1e-4, and to silence where it ends early", async () => {
    const { hop } = codec.model;
    for (const { codes, decoded } of await importVectors(name)) {
      for (const [channel, expected] of decoded.entries()) {
        const length = Math.ceil(expected.length / hop) * hop;
        const found = await codec.synthesize(codes[channel]!, length);
        expect(misfit(found.subarray(0, expected.length), expected)).toBeLessThan(1e-4);
        expect(found.subarray(expected.length).every((value) => value === 0)).toBe(true);
      }
    }
  });

  test("cut into windows shorter than the sound, it still gives its codes and sound", async () => {
    const trained = await importedModel(name);
    const short = await opened({ ...trained, framesPerChunk: 16 });
    const { samples, codes, decoded } = (await importVectors(name)).at(-1)!;
    const found = (await short.codes(samples[0]!)).map(({ data }) => data);
    expect(equalShare(found, codes[0]!)).toBeGreaterThan(0.999);
    expect(misfit(await short.synthesize(codes[0]!, decoded[0]!.length), decoded[0]!)).toBeLessThan(1e-4);
    await short.close();
  });

  test("every prefix of layers decodes, and comes nearer to the whole", async () => {
    const { codes, decoded } = (await importVectors(name)).at(-1)!;
    const sounds = codes[0]!.map((_, layer) =>
      codec.synthesize(codes[0]!.slice(0, layer + 1), decoded[0]!.length),
    );
    const errors = (await Promise.all(sounds)).map((sound) => misfit(sound, decoded[0]!));
    expect(errors.slice(0, -1).every((error) => error > 1e-2)).toBe(true);
    expect(errors.at(-1)).toBeLessThan(1e-4);
  });
});

test("a file holds layers of different rates, and decodes to the original's sound and length, in stereo", async () => {
  const trained = await importedModel("snac-strides");
  const codec = await opened({ ...trained, framesPerChunk: 8 });
  const stereo = (await importVectors("snac-strides")).find(({ samples }) => samples.length === 2)!;
  const file = await encodeAll(codec, stereo.samples, { sizes: [50, 7] });
  const inFile = fileCodes(codec.model, file);
  const frames = stereo.codes[0]!.at(-1)!.length;
  expect(inFile.map(([layer]) => layer!.stride)).toEqual([[4], [2], [1]]);
  expect(inFile.map(([layer]) => layer!.grid)).toEqual([[frames / 4], [frames / 2], [frames]]);
  for (const [channel, codes] of stereo.codes.entries()) {
    const found = inFile.map((layer) => layer[channel]!.data);
    expect(equalShare(found, codes)).toBeGreaterThan(0.999);
  }
  const { channels, length } = await decodeAll(codec, file, { sizes: [100] });
  expect(length).toBe(stereo.samples[0]!.length);
  for (const [channel, samples] of channels.entries()) {
    expect(samples.length).toBe(length);
    expect(misfit(samples, stereo.decoded[channel]!.subarray(0, length))).toBeLessThan(1e-4);
  }
  await codec.close();
});

test("the quantizer on arrays answers codes of different rates as the decoder's graph does", async () => {
  const codec = await opened(await importedModel("snac-strides"));
  const { model } = codec;
  if (model.kind !== "networks") throw new Error("an import has networks of its own");
  const { quantizer } = model;
  const layers = (await importVectors("snac-strides")).at(-1)!.codes[0]!;
  const frames = layers.at(-1)!.length;
  const codes = input("codes", "int32", [frames, 3]);
  const graph = onnxModel({ name: "sum", inputs: [codes], outputs: { sum: quantizer.decode(codes) } });
  const session = await runtime.open(graph);
  for (const used of [1, 2, 3]) {
    // Strides are 4, 2 and 1; an entry of 32 stands for a layer that is not used.
    const data = Int32Array.from({ length: frames * 3 }, (_, at) => {
      const [frame, layer] = [Math.floor(at / 3), at % 3];
      return layer < used ? layers[layer]![frame >> (2 - layer)]! : 32;
    });
    const { sum } = await session.run({ codes: { type: "int32", shape: [frames, 3], data } });
    expect(misfit(quantizer.dequantize(layers.slice(0, used)), sum!.data as Float32Array)).toBeLessThan(1e-5);
  }
  await session.close();
  await codec.close();
});

test("codes of layers that do not cover one number of frames are refused", async () => {
  const codec = await opened(await importedModel("snac-strides"));
  const layers = (counts: number[]) => counts.map((count) => new Int32Array(count));
  for (const counts of [
    [2, 4, 4],
    [1, 2, 3],
    [1, 2, 4, 4],
  ])
    expect(await codeOf(() => codec.synthesize(layers(counts), 10))).toBe("shape");
  expect((await codec.synthesize(layers([2, 4, 8]), 80)).length).toBe(80);
  await codec.close();
});

test("families are told apart by tensors and config, and tell their licence", async () => {
  for (const name of cases) {
    const found = openForeignModel(await foreignFiles(name));
    expect(found.family).toBe(name.split("-")[0]);
    expect(found.licence).toBe("MIT");
  }
});

describe("what cannot be imported is refused with its reason", async () => {
  const dac = await foreignFiles("dac-transformers");
  const own = await foreignFiles("dac-own");
  const snac = await foreignFiles("snac-strides");
  const attention = await foreignFiles("snac-attention");
  type Files = typeof dac;
  const config = (files: Files, change: object) => ({ ...files, config: { ...files.config, ...change } });
  const weights = (files: Files, change: Parameters<typeof changedWeights>[1]) => ({
    ...files,
    weights: changedWeights(files.weights, change),
  });
  const one = { shape: [1], data: Float32Array.of(1) };
  const book = "quantizer.quantizers.1.codebook.weight";
  const turns = "encoder.block.2.rel_pos.inv_freq";
  test.each([
    ["a missing codebook", weights(dac, { [book]: undefined }), `no tensor "${book}"`],
    ["a missing Snake", weights(dac, { "encoder.snake1.alpha": undefined }), "encoder.snake1.alpha"],
    ["a codebook of another shape", weights(dac, { [book]: one }), "[32, 4]"],
    ["a tensor of no use", weights(dac, { "decoder.extra": one }), "decoder.extra"],
    ["a cut file", { ...dac, weights: dac.weights.subarray(0, 9000) }, "safetensors"],
    ["a torch archive", { ...dac, weights: Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0) }, "pickle"],
    ["fewer codebooks than the weights have", config(dac, { n_codebooks: 2 }), "quantizers.2"],
    ["more codebooks than the weights have", config(dac, { n_codebooks: 4 }), "quantizers.3"],
    ["other channels than the weights have", config(dac, { decoder_hidden_size: 12 }), "as the config says"],
    ["a latent that the ratios do not make", config(dac, { hidden_size: 13 }), "hidden_size 13"],
    ["ratios that differ", config(dac, { upsampling_ratios: [2, 5] }), "opposite order"],
    ["channels that cannot be halved", config(dac, { decoder_hidden_size: 9 }), "halve"],
    ["a size that is huge", config(dac, { encoder_hidden_size: 1e9 }), "encoder_hidden_size"],
    [
      "more values than any network has",
      config(dac, { encoder_hidden_size: 512, decoder_hidden_size: 8192, hidden_size: 2048 }),
      "parameters",
    ],
    ["a config that is a list", { ...dac, config: [] as never }, "config.json"],
    ["codebooks of several widths", config(own, { codebook_dim: [4, 8] }), "4 and 8"],
    ["a latent that the weights do not have", config(own, { latent_dim: 10 }), "as the config says"],
  ])("DAC: %s", async (_, files, words) => {
    const { code, message } = await refusal(files, "dac");
    expect(message).toContain(words);
    expect(code).toBe("model");
  });

  test.each([
    [
      "a missing noise block",
      weights(snac, { "decoder.model.2.block.2.linear.parametrizations.weight.original0": undefined }),
      "decoder.model.2.block.2.linear",
    ],
    ["noise that the weights do not have", config(attention, { noise: true }), "block.2.linear"],
    ["strides that do not divide", config(snac, { vq_strides: [4, 3, 1] }), "a stride of 3"],
    ["fewer strides than codebooks", config(snac, { vq_strides: [4, 2] }), "quantizers.2"],
    ["a latent that the rates do not make", config(snac, { latent_dim: 16 }), "latent_dim 16"],
    ["rates that differ", config(snac, { decoder_rates: [2, 5] }), "opposite order"],
    ["channels mixed where they are apart", config(snac, { depthwise: false }), "decoder.model.1"],
    ["attention over half a head", config(attention, { encoder_dim: 16 }), "whole heads of 64"],
    ["a window that is huge", config(attention, { attn_window_size: 5000 }), "attn_window_size"],
    [
      "angles of its own",
      weights(attention, { [turns]: { shape: [32], data: new Float32Array(32).fill(1) } }),
      "angles of its own",
    ],
    ["a missing projection", weights(attention, { "decoder.model.2.to_out.weight": undefined }), "to_out"],
  ])("SNAC: %s", async (_, files, words) => {
    const { code, message } = await refusal(files, "snac");
    expect(message).toContain(words);
    expect(code).toBe("model");
  });

  test("a model whose chunks do not hold whole groups of frames", async () => {
    const trained = await importedModel("snac-strides");
    expect(await codeOf(() => opened({ ...trained, framesPerChunk: 6 }))).toBe("model");
  });

  test("weights of no family", async () => {
    const nothing = { config: { model_type: "mimi" }, weights: writeSafetensors({ a: one }) };
    expect((await refusal(nothing)).message).toContain("of no codec");
  });
});
