import { createRuntime } from "@nacre/runtime/node";
import { describe, expect, test } from "vitest";
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
import { decodeAll, encodeAll } from "../../test/tiny.js";
import { fileCodes, type TrainedModel, writeSafetensors } from "../index.js";

// Written by tools/import-proof/encodec.py with the original.
const runtime = createRuntime({ worker: false });
const cases = ["encodec-published", "encodec-units", "encodec-symmetric"] as const;
const opened = (trained: TrainedModel) => openedImport(trained, runtime);

describe.each(cases)("%s", (name) => {
  test("gives the original's codes, mono and stereo, for every length", async () => {
    const codec = await opened(await importedModel(name));
    let [total, equal] = [0, 0];
    for (const { samples, codes } of await importVectors(name)) {
      for (const [channel, sound] of samples.entries()) {
        const found = (await codec.codes(sound)).map(({ data }) => data);
        expect(found.map(({ length }) => length)).toEqual(codes[channel]!.map(({ length }) => length));
        const counts = equalCodes(found, codes[channel]!);
        total += counts.all;
        equal += counts.equal;
      }
    }
    await codec.close();
    expect(equal / total).toBeGreaterThan(0.999);
  });

  test("decodes the original's codes to its sound within 1e-4", async () => {
    const codec = await opened(await importedModel(name));
    for (const { codes, decoded } of await importVectors(name)) {
      for (const [channel, expected] of decoded.entries()) {
        const found = await codec.synthesize(codes[channel]!, expected.length);
        expect(misfit(found, expected)).toBeLessThan(1e-4);
      }
    }
    await codec.close();
  });
});

test("a file holds the original's codes, and decodes to its sound and length, in stereo", async () => {
  const codec = await opened(await importedModel("encodec-published"));
  const stereo = (await importVectors("encodec-published")).find(({ samples }) => samples.length === 2)!;
  const file = await encodeAll(codec, stereo.samples, { sizes: [1000, 77] });
  const inFile = fileCodes(codec.model, file);
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

test.each(cases)(
  "%s, cut into windows shorter than the sound, still gives its codes and sound",
  async (name) => {
    const trained = await importedModel(name);
    const cut = (part: TrainedModel["encoder"]) => ({
      ...part,
      config: { ...(part.config as object), memory: 24 },
    });
    const short = {
      ...trained,
      framesPerChunk: 7,
      encoder: cut(trained.encoder),
      decoder: cut(trained.decoder),
    };
    const codec = await opened(short);
    const { samples, codes, decoded } = (await importVectors(name)).at(-1)!;
    const expected = codes[0]!;
    const found = (await codec.codes(samples[0]!)).map(({ data }) => data);
    expect(equalShare(found, expected)).toBeGreaterThan(0.999);
    expect(misfit(await codec.synthesize(expected, decoded[0]!.length), decoded[0]!)).toBeLessThan(1e-4);
    await codec.close();
  },
);

test("every prefix of layers decodes to the sound of the codebooks' partial sums", async () => {
  const codec = await opened(await importedModel("encodec-units"));
  const { codes, decoded } = (await importVectors("encodec-units")).at(-1)!;
  const all = codes[0]!;
  const errors = [1, 3, all.length].map((used) => codec.synthesize(all.slice(0, used), decoded[0]!.length));
  const worst = (await Promise.all(errors)).map((sound) => misfit(sound, decoded[0]!));
  expect(worst[0]).toBeGreaterThan(worst[1]!);
  expect(worst[2]).toBeLessThan(1e-4);
  await codec.close();
});

describe("what cannot be imported is refused with its reason", async () => {
  const whole = await foreignFiles("encodec-units");
  const changed = (change: Parameters<typeof changedWeights>[1]) => ({
    config: whole.config,
    weights: changedWeights(whole.weights, change),
  });
  const book = "quantizer.layers.2.codebook.embed";
  const zip = Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0);
  const pickle = Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9);
  const config = (change: object) => ({ ...whole, config: { ...whole.config, ...change } });
  test.each([
    ["a torch archive", { ...whole, weights: zip }, "pickle"],
    ["a bare pickle", { ...whole, weights: pickle }, "pickle"],
    ["a cut file", { ...whole, weights: whole.weights.subarray(0, 9000) }, "safetensors"],
    ["a file of one byte", { ...whole, weights: whole.weights.subarray(0, 1) }, "safetensors"],
    ["a missing codebook", changed({ [book]: undefined }), `no tensor "${book}"`],
    ["a missing bias", changed({ "decoder.layers.0.conv.bias": undefined }), "decoder.layers.0.conv.bias"],
    [
      "a codebook of another shape",
      changed({ [book]: { shape: [1], data: Float32Array.of(1) } }),
      "[64, 12]",
    ],
    [
      "a weight that is no number",
      changed({ "decoder.layers.0.conv.bias": { shape: [16], data: new Float32Array(16).fill(Number.NaN) } }),
      "NaN in tensor",
    ],
    [
      "a tensor of no use",
      changed({ "encoder.extra": { shape: [1], data: Float32Array.of(1) } }),
      "encoder.extra",
    ],
    ["fewer layers than the weights have", config({ target_bandwidths: [20] }), "quantizer.layers.2"],
    ["other filters than the weights have", config({ num_filters: 8 }), "as the config says"],
    ["a config that is a list", { ...whole, config: [] }, "config.json"],
    ["a size that is huge", config({ num_filters: 1e9 }), "num_filters"],
    [
      "more values than any network has",
      config({ num_filters: 1024, hidden_size: 4096, codebook_dim: 4096 }),
      "parameters",
    ],
    ["two channels in one", config({ audio_channels: 2 }), "2 channels"],
    ["normalised chunks", config({ normalize: true, chunk_length_s: 1 }), "loudness"],
    ["group norm", config({ norm_type: "time_group_norm" }), "norm_type"],
    ["padding of another kind", config({ pad_mode: "constant" }), "pad_mode"],
    ["codebooks narrower than the latent", config({ codebook_dim: 6 }), "codebooks of 6"],
  ])("%s", async (_, files, words) => {
    const { code, message } = await refusal(files, "encodec");
    expect(code).toBe("model");
    expect(message).toContain(words);
  });

  test("tensors of no codec, and a family that is not known", async () => {
    const weights = writeSafetensors({ a: { shape: [1], data: Float32Array.of(1) } });
    expect((await refusal({ config: {}, weights })).message).toContain("of no codec");
    expect((await refusal(whole, "opus")).code).toBe("option");
  });
});
