import { prefixLayers, readStream, trimLayers } from "@nacre/bitstream";
import { input, onnxModel } from "@nacre/graph";
import { createResidualVectorQuantizer } from "@nacre/quantizer";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import {
  chunk,
  codeOf,
  decodeAll,
  encodeAll,
  hum,
  largestDifference,
  openTiny,
  sameSound,
  siSdr,
  speech,
} from "../test/tiny.js";
import { fileCodes } from "./index.js";
import { bakedParameters } from "./model-parts.js";

const codec = await openTiny();
afterAll(() => codec.close());
const voice = await speech();
const codebooks = codec.model.parameters["quantizer.codebooks"]!;
const vectors = {
  entries: codec.model.quantizer.alphabets[0]![0]!,
  dimension: codec.model.quantizer.dimension,
};
const full = await encodeAll(codec, [voice, hum(voice.length)]);

describe.each([1, 2, 3, 4])("the first %i layers", (layers) => {
  test("trimming a file and encoding with so many are the same bytes", async () => {
    const encoded = await encodeAll(codec, [voice, hum(voice.length)], { layers });
    expect(trimLayers(full, layers)).toEqual(encoded);
    expect(prefixLayers(readStream(encoded).header.layers, layers)).toBe(layers);
  });

  test("decoding so many of a file and decoding the trimmed file are the same samples", async () => {
    const found = await decodeAll(codec, full, { layers });
    const trimmed = await decodeAll(codec, trimLayers(full, layers));
    expect(sameSound(found.channels, trimmed.channels)).toBe(true);
  });

  test("sound as their entries' sum through the decoder, computed on its own", async () => {
    const { model } = codec;
    const { entries, dimension } = vectors;
    const codes = (await codec.codes(hum(20_000))).slice(0, layers).map(({ data }) => data);
    const size = entries * dimension;
    const books = [0, 1, 2, 3].map((layer) => codebooks.subarray(layer * size, (layer + 1) * size));
    const quantizer = createResidualVectorQuantizer({ codebooks: books, entries, dimension });
    const frames = codes[0]!.length;
    const latent = input("latent", "float32", [1, frames, dimension]);
    const { network, config } = model.decoder;
    const parameters = bakedParameters(network.parameters(config), model.parameters);
    const samples = network.forward(config, parameters, latent);
    const session = await createRuntime({ worker: false }).open(
      onnxModel({ inputs: [latent], outputs: { samples } }),
    );
    const data = quantizer.dequantize(codes);
    const { samples: expected } = await session.run({
      latent: { type: "float32", shape: latent.shape, data },
    });
    await session.close();
    const found = await codec.synthesize(codes, 20_000);
    // The first frames differ: there the codec has the codes of silence in front, the network zeros.
    const settled = 20 * model.hop;
    expect(
      largestDifference(
        found.subarray(settled, 20_000 - 1000),
        (expected!.data as Float32Array).subarray(settled),
      ),
    ).toBeLessThan(1e-5);
  });
});

test("each layer brings the sound nearer to a voice that was never trained on", async () => {
  const quality: number[] = [];
  for (const layers of [1, 2, 3, 4]) {
    quality.push(siSdr(voice, (await decodeAll(codec, full, { layers })).channels[0]!));
  }
  for (const [layer, decibels] of quality.slice(1).entries()) {
    expect(decibels, quality.join(" ")).toBeGreaterThan(quality[layer]! + 0.1);
  }
});

test("codes of a file are those of the sound, and synthesis of them is decoding", async () => {
  const codes = await codec.codes(voice);
  const stored = fileCodes(codec.model, full);
  expect(stored.map(([first]) => first)).toEqual(codes);
  const found = await codec.synthesize(
    codes.map(({ data }) => data),
    voice.length,
  );
  expect(sameSound([found], (await decodeAll(codec, full)).channels.slice(0, 1))).toBe(true);
});

test("an empty sound has no codes and no latent, and codes give as many samples as asked for", async () => {
  expect((await codec.codes(new Float32Array(0))).map(({ data }) => data.length)).toEqual([0, 0, 0, 0]);
  expect((await codec.latent(new Float32Array(0))).length).toBe(0);
  const codes = (await codec.codes(hum(1000))).map(({ data }) => data);
  for (const length of [0, 1, 1000, 2 * chunk])
    expect((await codec.synthesize(codes, length)).length).toBe(length);
});

test("codes that the model cannot have are refused", async () => {
  const fine = Int32Array.of(0, 1, 2);
  for (const layers of [
    [],
    [fine, Int32Array.of(1, 2)],
    [fine, fine, fine, fine, fine],
    [Int32Array.of(0, 32, 0)],
    [fine, Int32Array.of(0, -1, 0)],
  ]) {
    expect(await codeOf(() => codec.synthesize(layers, 100))).toBe("shape");
  }
});

test("the latent lies nearer to the sum of more layers", async () => {
  const { entries, dimension } = vectors;
  const [latent, codes] = await Promise.all([codec.latent(voice), codec.codes(voice)]);
  expect(latent.length).toBe(codes[0]!.data.length * dimension);
  const rest = latent.slice();
  const left = codes.map(({ data }, layer) => {
    for (let at = 0; at < rest.length; at++) {
      const entry = layer * entries + data[Math.floor(at / dimension)]!;
      rest[at]! -= codebooks[entry * dimension + (at % dimension)]!;
    }
    return rest.reduce((sum, value) => sum + value * value, 0);
  });
  for (const [layer, energy] of left.slice(1).entries()) expect(energy).toBeLessThan(left[layer]!);
});
