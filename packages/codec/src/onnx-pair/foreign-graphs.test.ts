import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createRuntime } from "@nacre/runtime/node";
import { expect, test } from "vitest";
import { hum, largestDifference } from "../../test/tiny.js";
import {
  buildModel,
  buildPairModel,
  createCodec,
  exportOnnx,
  loadAnyModel,
  loadModel,
  type Model,
  openForeignModel,
} from "../index.js";

const runtime = createRuntime({ worker: false });

test("an EnCodec's four graphs, with mirrored ends and LSTMs, are found out and give its codes and sound", async () => {
  const folder = fileURLToPath(new URL("../../test/imports/encodec-units/", import.meta.url));
  const read = async (name: string) => new Uint8Array(await readFile(folder + name));
  const config = JSON.parse(new TextDecoder().decode(await read("config.json")));
  const foreign = openForeignModel({ config, weights: await read("model.safetensors") });
  const built = await buildModel(foreign.convert("units"), [], runtime, { bits: 32 });
  const own = await createCodec(await loadModel(built), runtime, { threads: 1 });
  const { sampleRate, hop } = own.model;
  const files = exportOnnx(own.model);
  const graph = (name: string) => files[`${name}.onnx`] as Uint8Array;
  const pair = await buildPairModel(
    {
      encoder: graph("encoder"),
      quantizer: graph("quantizer"),
      dequantizer: graph("dequantizer"),
      decoder: graph("decoder"),
    },
    // Measuring margins of LSTMs takes seconds, and other tests do it.
    { name: "units", sampleRate, hop, margin: 40 },
    [],
    runtime,
  );
  expect(pair.config).toMatchObject({ hop, layers: own.model.quantizer.layers, tail: 0 });
  const loaded = await loadAnyModel({
    ...pair,
    config: pair.config,
    weights: new Uint8Array(0),
    graphs: { ...pair.graphs },
  });
  const codec = await createCodec(loaded as Model, runtime, { threads: 1 });
  const samples = hum(150 * hop, 4);
  const [found, expected] = [await codec.codes(samples), await own.codes(samples)];
  expect(found.map(({ data }) => data)).toEqual(expected.map(({ data }) => data));
  const codes = expected.map(({ data }) => data);
  const [a, b] = [await codec.synthesize(codes, samples.length), await own.synthesize(codes, samples.length)];
  expect(largestDifference(a, b)).toBeLessThan(1e-5);
  await Promise.all([codec.close(), own.close()]);
});
