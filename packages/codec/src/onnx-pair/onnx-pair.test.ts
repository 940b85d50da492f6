import { createRuntime } from "@nacre/runtime/node";
import { describe, expect, test } from "vitest";
import { entries, expectedCodes, hop, layers, type PairForm, reach, tinyPair } from "../../test/onnx-pair.js";
import { codeOf, decodeAll, encodeAll, hum, largestDifference } from "../../test/tiny.js";
import {
  buildPairModel,
  createCodec,
  fileCodes,
  loadAnyModel,
  type Model,
  type PairFiles,
} from "../index.js";

const runtime = createRuntime({ worker: false });
const rate = 24_000;

async function imported(form: PairForm, options: object = {}, sounds: Float32Array[] = []) {
  const files = tinyPair(form);
  const built = await buildPairModel(files, { name: "pair", sampleRate: rate, ...options }, sounds, runtime);
  const graphs = { ...built.graphs };
  const stored = {
    config: JSON.parse(JSON.stringify(built.config)),
    weights: new Uint8Array(0),
    tables: built.tables,
    graphs,
  };
  return { built, model: (await loadAnyModel(stored)) as Model };
}

const open = async (form: PairForm, options: object = { hop }) =>
  createCodec((await imported(form, options)).model, runtime, { threads: 1 });

const forms: [string, PairForm, object?][] = [
  ["[1, layers, frames] of any length", {}],
  ["[layers, 1, frames]", { order: "layers-batch-frames", type: "int32" }, { hop }],
  ["[1, frames, layers], samples [1, 1, n]", { order: "batch-frames-layers", rank: 3 }, { hop, entries }],
  ["a list with a tensor for each layer", { perLayer: true }, { hop }],
  ["a decoder that takes fewer layers", { open: true }, { hop }],
  ["quantizer and dequantizer in files of their own", { split: true }, { hop }],
  ["any length, of a decoder that leaves out its last samples", { short: 5 }, { hop }],
  ["one length of 50 frames", { frames: 50 }],
  [
    "one length, [1, frames, layers], as --layout says",
    { frames: 50, order: "batch-frames-layers" },
    { layout: "batch-frames-layers" },
  ],
  ["one length, a list of layers", { frames: 40, perLayer: true, type: "int32" }],
];

describe.each(forms)("a pair whose codes are %s", (_, form, options) => {
  test("is found out, and gives its own codes and sound for every length", async () => {
    const { built, model } = await imported(form, options);
    expect(built.config).toMatchObject({
      hop,
      layers,
      entries,
      tail: form.short ? 1 : 0,
      prefixes: form.open ?? false,
    });
    const codec = await createCodec(model, runtime, { threads: 1 });
    for (const frames of [1, 7, 49, 130]) {
      const samples = hum(frames * hop, frames);
      const found = await codec.codes(samples);
      const padded = new Float32Array((frames + built.config.tail) * hop);
      padded.set(samples);
      expect(found.map(({ data }) => data)).toEqual(expectedCodes(padded));
    }
    const long = hum(130 * hop - 5, 3);
    const file = await encodeAll(codec, [long, hum(long.length, 4)], { sizes: [99, 1000] });
    const stored = fileCodes(model, file).map((layer) => layer[0]!.data);
    const { channels, length } = await decodeAll(codec, file, { sizes: [64] });
    expect([channels.length, length, channels[0]!.length]).toEqual([2, long.length, long.length]);
    const whole = await codec.synthesize(stored, long.length);
    expect(largestDifference(channels[0]!, whole)).toBeLessThan(1e-6);
    await codec.close();
  });
});

test("windows change neither codes nor sound: a pair of one short length is as one that takes all at once", async () => {
  const [short, whole] = [await open({ frames: 24 }), await open({})];
  expect(short.model.config.framesPerChunk).toBeLessThan(24);
  const samples = hum(300 * hop, 8);
  const codes = (await whole.codes(samples)).map(({ data }) => data);
  expect((await short.codes(samples)).map(({ data }) => data)).toEqual(codes);
  const [a, b] = [
    await short.synthesize(codes, samples.length),
    await whole.synthesize(codes, samples.length),
  ];
  expect(largestDifference(a, b)).toBeLessThan(1e-6);
  await Promise.all([short.close(), whole.close()]);
});

test("margins are measured: at least what each side sees, and little more", async () => {
  const { config } = (await imported({})).built;
  for (const side of ["encoder", "decoder"] as const) {
    for (const way of ["past", "future"] as const) {
      expect(config[side][way]).toBeGreaterThanOrEqual(reach[side][way]);
      expect(config[side][way]).toBeLessThanOrEqual(reach[side][way] === 0 ? 0 : reach[side][way] + 2);
    }
  }
  const said = (await imported({}, { hop, margin: 9 })).built.config;
  expect([said.encoder.past, said.decoder.future]).toEqual([9, 9]);
});

test("a prefix of layers decodes where the decoder takes one, and is refused in a sentence where it does not", async () => {
  const samples = hum(60 * hop, 2);
  const codec = await open({ open: true });
  const file = await encodeAll(codec, [samples]);
  const { channels } = await decodeAll(codec, file, { layers: 1 });
  const codes = (await codec.codes(samples)).map(({ data }) => data);
  const first = await codec.synthesize(codes.slice(0, 1), samples.length);
  expect(largestDifference(channels[0]!, first)).toBeLessThan(1e-6);
  const all = await codec.synthesize(codes, samples.length);
  expect(largestDifference(first, all)).toBeGreaterThan(0.01);
  await codec.close();
  const fixed = await open({});
  expect(await codeOf(() => fixed.synthesize(codes.slice(0, 1), 100))).toBe("option");
  await fixed.close();
});

test("codes counted in sounds make files smaller, and change no code", async () => {
  const sounds = [1, 2, 3].map((seed) => hum(24_000, seed));
  const plain = await open({});
  const counted = await createCodec((await imported({}, { hop }, sounds)).model, runtime, { threads: 1 });
  const samples = hum(24_000, 9);
  const [a, b] = [await encodeAll(plain, [samples]), await encodeAll(counted, [samples])];
  expect(b.length).toBeLessThan(a.length);
  expect(fileCodes(counted.model, b)).toEqual(fileCodes(plain.model, a));
  await Promise.all([plain.close(), counted.close()]);
});

test("the decode hash changes with the decoder's file and not with the encoder's", async () => {
  const [pair, other] = [tinyPair(), tinyPair({ rank: 3 })];
  const hashOf = async (files: PairFiles) =>
    (await buildPairModel(files, { name: "pair", sampleRate: rate, hop }, [], runtime)).config.decodeHash;
  const hash = await hashOf(pair);
  expect(await hashOf({ ...pair, encoder: other.encoder })).toBe(hash);
  expect(await hashOf({ ...pair, decoder: other.decoder })).not.toBe(hash);
});

test("a folder whose ONNX file is another one is refused", async () => {
  const { built } = await imported({});
  const graphs = { ...built.graphs, decoder: tinyPair({ rank: 3 }).decoder };
  const load = () =>
    loadAnyModel({ config: built.config, weights: new Uint8Array(0), tables: built.tables, graphs });
  expect(await codeOf(load)).toBe("model");
});
