import { parseTables, serializeTables, uniformTable } from "@nacre/entropy";
import { createRuntime } from "@nacre/runtime/node";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, tinyFiles } from "../../test/tiny.js";
import { scene, tinyPictureFiles, tinyPictureFolder, tinyPictureTraining } from "../../test/tiny-picture.js";
import {
  buildPictureModel,
  loadAnyModel,
  loadModel,
  loadPictureModel,
  type ModelFiles,
  modelText,
  type PictureModelConfig,
  readSafetensors,
  writeSafetensors,
} from "../index.js";
import { readAnyModel, readModel, readPictureModel } from "../node/index.js";

const files = await tinyPictureFiles();
const config = files.config as PictureModelConfig;
const { tensors } = readSafetensors(files.weights);
const refusal = (change: Partial<ModelFiles>) => codeOf(() => loadPictureModel({ ...files, ...change }));
const withConfig = (change: Record<string, unknown>) => refusal({ config: { ...config, ...change } });
const withTensor = (name: string, data: Int8Array | Int32Array | Float32Array, shape = [data.length]) =>
  refusal({ weights: writeSafetensors({ ...tensors, [name]: { shape, data } }, { bits: 16 }) });

test("the frozen model loads, keeps its decode hash, and takes a few tens of kilobytes", async () => {
  const model = await readPictureModel(tinyPictureFolder);
  expect([model.medium, model.id, model.config.decodeHash]).toEqual([
    "image",
    "tiny-picture@1",
    "b25604c5df101253",
  ]);
  expect([model.patch, model.cell, model.quantizer.layers, model.sideTables.length]).toEqual([16, 4, 3, 3]);
  expect(files.weights.length + files.tables.length).toBeLessThan(50_000);
});

test("models of both media are told apart", async () => {
  expect((await readAnyModel(tinyPictureFolder)).medium).toBe("image");
  const sound = await tinyFiles();
  expect((await loadAnyModel(sound)).medium).toBe("audio");
  expect(await codeOf(() => readModel(tinyPictureFolder))).toBe("model");
  expect(await codeOf(() => loadPictureModel(sound))).toBe("model");
  expect(await codeOf(() => loadModel(files))).toBe("model");
  expect(await codeOf(() => loadAnyModel({ ...sound, config: { medium: "smell" } }))).toBe("model");
});

test("building it again from its seed gives the same weights and graphs, and any symbol stays possible", async () => {
  const runtime = createRuntime({ worker: false });
  const built = await buildPictureModel(tinyPictureTraining(7), [scene(70, 70, 1)], runtime);
  expect(built.weights).toEqual(files.weights);
  expect(built.config.graphs).toEqual(config.graphs);
  // Tables of other pictures: another meaning of bytes, so another hash.
  expect(built.config.decodeHash).not.toBe(config.decodeHash);
  for (const { frequencies } of parseTables(built.tables)) {
    expect(Array.from(frequencies).every((each) => each > 0)).toBe(true);
  }
  const loaded = await loadPictureModel({ ...built, config: JSON.parse(modelText(built)) });
  expect(loaded.id).toBe("tiny-picture@1");
});

test("the decode hash knows all that decides decoding, and leaves the encoder free", async () => {
  const { tile, quantizer, context, decoder } = config;
  expect(await withConfig({ tile: { ...tile, encoderMargin: 8 } })).toBe("accepted");
  expect(await withConfig({ quantizer: { ...quantizer, deadZone: 0.3 } })).toBe("accepted");
  expect(await withConfig({ decoder: Object.fromEntries(Object.entries(decoder).reverse()) })).toBe(
    "accepted",
  );
  const moved = (data: Float32Array) => data.map((value) => value * 1.5);
  const stored = (name: string) => tensors[name]!;
  const encoder = stored("encoder.head.weight");
  expect(
    await withTensor("encoder.head.weight", moved(encoder.data as Float32Array), [...encoder.shape]),
  ).toBe("accepted");
  expect(await withConfig({ tile: { ...tile, decoderMargin: 8 } })).toBe("model");
  expect(await withConfig({ tile: { ...tile, size: 16 } })).toBe("model");
  expect(await withConfig({ context: { ...context, precision: 9 } })).toBe("model");
  for (const name of ["decoder.head.weight", "quantizer.steps"]) {
    const { data, shape } = stored(name);
    expect(await withTensor(name, moved(data as Float32Array), [...shape]), name).toBe("model");
  }
  const bias = (stored("context.1.bias").data as Int32Array).map((value) => value + 1);
  expect(await withTensor("context.1.bias", bias)).toBe("model");
  const weights = (stored("context.1.0.weights").data as Int8Array).map((value) => value + 1);
  expect(await withTensor("context.1.0.weights", weights)).toBe("model");
});

test("configs with sizes out of range or that do not fit each other are refused", async () => {
  const { tile, quantizer, context, encoder } = config;
  const changes: Record<string, unknown>[] = [
    { medium: "audio" },
    { tile: { ...tile, size: 0 } },
    { tile: { ...tile, size: 6 } },
    { tile: { ...tile, size: 1e6 } },
    { tile: { ...tile, encoderMargin: 2 } },
    { quantizer: { ...quantizer, layers: 4 } },
    { quantizer: { ...quantizer, dimension: 9 } },
    { quantizer: { ...quantizer, reach: 21 } },
    { quantizer: { ...quantizer, reach: 1e9 } },
    { quantizer: { ...quantizer, kind: "residual-vector" } },
    { context: { ...context, tables: 17 } },
    { context: { ...context, tables: 1000 } },
    { context: { ...context, sources: context.sources.slice(1) } },
    { context: { ...context, sources: context.sources.map(() => []) } },
    { encoder: { ...encoder, architecture: "spectral" } },
    { encoder: { ...encoder, config: { ...(encoder.config as object), dim: 13 } } },
    { encoder: { ...encoder, config: { ...(encoder.config as object), sideChannels: 4 } } },
  ];
  for (const change of changes) expect(await withConfig(change), JSON.stringify(change)).toBe("model");
  expect(await withConfig({ graphs: { ...config.graphs, decoder: "0" } })).toBe("version");
});

test("integers of another type or number, sums beyond 32 bits and steps of nothing are refused", async () => {
  const { "context.0.bias": bias, ...rest } = tensors;
  expect(await refusal({ weights: writeSafetensors(rest, { bits: 16 }) })).toBe("model");
  const values = bias!.data as Int32Array;
  expect(
    await withTensor(
      "context.0.bias",
      values.map(() => 2 ** 31 - 1),
    ),
  ).toBe("model");
  expect(await withTensor("context.0.bias", values.slice(1))).toBe("model");
  expect(await withTensor("context.0.bias", Int8Array.from(values))).toBe("model");
  expect(await withTensor("context.0.0.weights", new Int8Array(5))).toBe("model");
  expect(await withTensor("quantizer.steps", new Float32Array(24), [3, 8])).toBe("model");
  expect(await withTensor("quantizer.steps", new Float32Array(24).fill(Number.NaN), [3, 8])).toBe("model");
});

test("tables of another number or alphabet are refused", async () => {
  const tables = parseTables(files.tables);
  expect(await refusal({ tables: new Uint8Array(0) })).toBe("model");
  expect(await refusal({ tables: serializeTables(tables.slice(1)) })).toBe("model");
  for (const at of [0, 3, tables.length - 1]) {
    const other = tables.map((table, index) => (index === at ? uniformTable(40) : table));
    expect(await refusal({ tables: serializeTables(other) })).toBe("model");
  }
});

test("any changed byte of weights or tables is refused, or changes no more than the encoder", async () => {
  const part = fc.constantFrom("weights" as const, "tables" as const);
  await fc.assert(
    fc.asyncProperty(part, fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, change) => {
      const bytes = files[name].slice();
      bytes[at % bytes.length]! ^= change;
      expect(["model", "accepted"]).toContain(await refusal({ [name]: bytes }));
      if (name === "tables") expect(await refusal({ tables: bytes })).toBe("model");
    }),
    { seed: 7, numRuns: 30 },
  );
});
