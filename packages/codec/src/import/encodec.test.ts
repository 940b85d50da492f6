import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createRuntime } from "@nacre/runtime/node";
import { describe, expect, test } from "vitest";
import { codeOf, decodeAll, encodeAll } from "../../test/tiny.js";
import {
  buildModel,
  type Codec,
  createCodec,
  fileCodes,
  loadModel,
  openForeignModel,
  readSafetensors,
  type StoredTensor,
  type TrainedModel,
  writeSafetensors,
} from "../index.js";

// Written by tools/import-proof/encodec.py with the original.
const folder = (name: string) => fileURLToPath(new URL(`../../test/imports/${name}/`, import.meta.url));
const runtime = createRuntime({ worker: false });
const cases = ["encodec-published", "encodec-units", "encodec-symmetric"] as const;

async function files(name: string) {
  const bytes = async (file: string) => new Uint8Array(await readFile(folder(name) + file));
  return {
    config: JSON.parse(new TextDecoder().decode(await bytes("config.json"))) as Record<string, unknown>,
    weights: await bytes("model.safetensors"),
  };
}

async function opened(trained: TrainedModel): Promise<Codec> {
  return createCodec(await loadModel(await buildModel(trained, [], runtime, { bits: 32 })), runtime);
}

async function imported(name: string): Promise<TrainedModel> {
  return openForeignModel(await files(name)).convert(name);
}

/** The original's sounds [channel][n], codes [channel][layer][frame] and what it decodes from them. */
async function vectors(name: string) {
  const { tensors } = readSafetensors(new Uint8Array(await readFile(`${folder(name)}vectors.safetensors`)));
  const of = (part: string) => tensors[part]!;
  return Object.keys(tensors)
    .filter((part) => part.endsWith(".samples"))
    .map((part) => part.split(".")[0]!)
    .map((number) => ({
      samples: rows(of(`${number}.samples`)) as Float32Array[],
      codes: rows(of(`${number}.codes`)) as Int32Array[],
      layers: of(`${number}.codes`).shape[1]!,
      decoded: rows(of(`${number}.decoded`)) as Float32Array[],
    }));
}

function rows({ shape, data }: StoredTensor) {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, row) => data.slice(row * size, (row + 1) * size));
}

function layersOf(codes: Int32Array, layers: number): Int32Array[] {
  const frames = codes.length / layers;
  return Array.from({ length: layers }, (_, layer) => codes.slice(layer * frames, (layer + 1) * frames));
}

/** Largest difference over the largest value. */
function misfit(found: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, n) => Math.max(most, Math.abs(value - found[n]!)), 0);
  return worst / scale;
}

function share(found: readonly Int32Array[], expected: readonly Int32Array[]): number {
  const equal = expected.map((codes, layer) => codes.filter((code, at) => code === found[layer]![at]).length);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return sum(equal) / sum(expected.map(({ length }) => length));
}

describe.each(cases)("%s", (name) => {
  test("gives the original's codes, mono and stereo, for every length", async () => {
    const codec = await opened(await imported(name));
    let [total, equal] = [0, 0];
    for (const { samples, codes, layers } of await vectors(name)) {
      for (const [channel, sound] of samples.entries()) {
        const found = (await codec.codes(sound)).map(({ data }) => data);
        const expected = layersOf(codes[channel]!, layers);
        expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
        total += codes[channel]!.length;
        equal += share(found, expected) * codes[channel]!.length;
      }
    }
    await codec.close();
    expect(equal / total).toBeGreaterThan(0.999);
  });

  test("decodes the original's codes to its sound within 1e-4", async () => {
    const codec = await opened(await imported(name));
    for (const { codes, layers, decoded } of await vectors(name)) {
      for (const [channel, expected] of decoded.entries()) {
        const found = await codec.synthesize(layersOf(codes[channel]!, layers), expected.length);
        expect(misfit(found, expected)).toBeLessThan(1e-4);
      }
    }
    await codec.close();
  });
});

test("a file holds the original's codes, and decodes to its sound and length, in stereo", async () => {
  const codec = await opened(await imported("encodec-published"));
  const stereo = (await vectors("encodec-published")).find(({ samples }) => samples.length === 2)!;
  const file = await encodeAll(codec, stereo.samples, { sizes: [1000, 77] });
  const inFile = fileCodes(codec.model, file);
  for (const [channel, codes] of stereo.codes.entries()) {
    const found = inFile.map((layer) => layer[channel]!.data);
    expect(share(found, layersOf(codes, stereo.layers))).toBeGreaterThan(0.999);
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
    const trained = await imported(name);
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
    const { samples, codes, layers, decoded } = (await vectors(name)).at(-1)!;
    const expected = layersOf(codes[0]!, layers);
    const found = (await codec.codes(samples[0]!)).map(({ data }) => data);
    expect(share(found, expected)).toBeGreaterThan(0.999);
    expect(misfit(await codec.synthesize(expected, decoded[0]!.length), decoded[0]!)).toBeLessThan(1e-4);
    await codec.close();
  },
);

test("every prefix of layers decodes to the sound of the codebooks' partial sums", async () => {
  const codec = await opened(await imported("encodec-units"));
  const { codes, layers, decoded } = (await vectors("encodec-units")).at(-1)!;
  const all = layersOf(codes[0]!, layers);
  const errors = [1, 3, layers].map((used) => codec.synthesize(all.slice(0, used), decoded[0]!.length));
  const worst = (await Promise.all(errors)).map((sound) => misfit(sound, decoded[0]!));
  expect(worst[0]).toBeGreaterThan(worst[1]!);
  expect(worst[2]).toBeLessThan(1e-4);
  await codec.close();
});

describe("what cannot be imported is refused with its reason", async () => {
  const whole = await files("encodec-units");
  const { tensors } = readSafetensors(whole.weights);
  const refused = async (files: { config: unknown; weights: Uint8Array }, family?: string) => {
    const convert = () => openForeignModel(files, family).convert("x");
    let message = "";
    try {
      convert();
    } catch (error) {
      message = String(error);
    }
    return { code: await codeOf(convert), message };
  };
  const changed = (change: Record<string, StoredTensor | undefined>) => ({
    config: whole.config,
    weights: writeSafetensors(
      Object.fromEntries(
        Object.entries({ ...tensors, ...change }).filter(
          (entry): entry is [string, StoredTensor] => !!entry[1],
        ),
      ),
    ),
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
    const { code, message } = await refused(files, "encodec");
    expect(code).toBe("model");
    expect(message).toContain(words);
  });

  test("tensors of no codec, and a family that is not known", async () => {
    const weights = writeSafetensors({ a: { shape: [1], data: Float32Array.of(1) } });
    expect((await refused({ config: {}, weights })).message).toContain("of no codec");
    expect((await refused(whole, "opus")).code).toBe("option");
  });
});
