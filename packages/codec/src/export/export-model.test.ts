import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Value } from "@nacre/runtime";
import { createRuntime } from "@nacre/runtime/node";
import { describe, expect, test } from "vitest";
import { finiteScalarModel } from "../../test/finite-scalars.js";
import { hop, hum, largestDifference, openTiny, tinyFolder } from "../../test/tiny.js";
import { openTinyPicture, samePicture, scene } from "../../test/tiny-picture.js";
import {
  buildModel,
  type Codec,
  createCodec,
  exportOnnx,
  exportSafetensors,
  loadModel,
  type NetworkModel,
  openForeignModel,
  readSafetensors,
} from "../index.js";
import { readModel } from "../node/index.js";
import { soundExportConfig } from "./sound-config.js";

const runtime = createRuntime({ worker: false });

/** Runs one of the exported files by itself. */
async function runGraph(
  files: Readonly<Record<string, Uint8Array | string>>,
  name: string,
  feeds: Record<string, Value>,
) {
  const session = await runtime.open(files[`${name}.onnx`] as Uint8Array, { threads: 1 });
  const found = await session.run(feeds);
  await session.close();
  return found;
}

const floats = (shape: number[], data: Float32Array): Value => ({ type: "float32", shape, data });

/** Codes [1, layers, frames, ...] and sound as README.md says to make them. */
async function byHand(model: NetworkModel, samples: Float32Array) {
  const files = exportOnnx(model);
  const { encoder, decoder, tailFrames, ownEnds, layers, silence } = soundExportConfig(model);
  const around = (part: { past: number; future: number }) => (ownEnds ? { past: 0, future: 0 } : part);
  const [from, to] = [around(encoder), around(decoder)];
  const frames = Math.ceil(samples.length / model.hop) + tailFrames;
  const padded = new Float32Array((from.past + frames + from.future) * model.hop);
  padded.set(samples, from.past * model.hop);
  const { latent } = await runGraph(files, "encoder", { samples: floats([1, padded.length], padded) });
  const { codes } = await runGraph(files, "quantizer", { latent: latent! });
  const places = silence.length / layers;
  const shape = [1, layers, to.past + frames + to.future, ...(places === 1 ? [] : [places])];
  const rows = Array.from({ length: layers }, (_, layer) => {
    const own = (codes!.data as BigInt64Array).subarray(
      layer * frames * places,
      (layer + 1) * frames * places,
    );
    const quiet = (count: number) =>
      Array.from({ length: count }, () => silence.slice(layer * places, (layer + 1) * places))
        .flat()
        .map(BigInt);
    return [...quiet(to.past), ...own, ...quiet(to.future)];
  });
  const wide: Value = { type: "int64", shape, data: BigInt64Array.from(rows.flat()) };
  const whole = await runGraph(files, "dequantizer", { codes: wide });
  const { samples: heard } = await runGraph(files, "decoder", { latent: whole.latent! });
  return { codes: codes!, heard: (heard!.data as Float32Array).slice(0, samples.length) };
}

async function agrees(codec: Codec<NetworkModel>, samples: Float32Array) {
  const { codes, heard } = await byHand(codec.model, samples);
  const own = await codec.codes(samples);
  expect(codes.shape).toEqual([1, own.length, ...own[0]!.grid]);
  expect(Array.from(codes.data as BigInt64Array, Number)).toEqual(own.flatMap(({ data }) => [...data]));
  const expected = await codec.synthesize(
    own.map(({ data }) => data),
    samples.length,
  );
  expect(largestDifference(heard, expected)).toBeLessThan(1e-5);
}

describe("the graphs alone, put together as the README says, give the codec's codes and sound", () => {
  test("whole, for a sound longer than a window", async () => {
    const codec = await openTiny();
    for (const length of [1, 5 * hop, 100 * hop + 17]) await agrees(codec, hum(length));
    await codec.close();
  });

  test("with several codes for a frame", async () => {
    const model = finiteScalarModel(await readModel(tinyFolder));
    const codec = await createCodec(model, runtime, { threads: 1 });
    await agrees(codec, hum(30 * hop + 5));
    await codec.close();
  });

  test("for networks with ends of their own", async () => {
    const folder = fileURLToPath(new URL("../../test/imports/encodec-units/", import.meta.url));
    const read = async (name: string) => new Uint8Array(await readFile(folder + name));
    const foreign = openForeignModel({
      config: JSON.parse(new TextDecoder().decode(await read("config.json"))),
      weights: await read("model.safetensors"),
    });
    const built = await buildModel(foreign.convert("units"), [], runtime, { bits: 32 });
    const codec = await createCodec(await loadModel(built), runtime, { threads: 1 });
    await agrees(codec, hum(40 * codec.model.hop));
    await codec.close();
  });

  test("for a picture, whose decoder is told how many layers there are", async () => {
    const codec = await openTinyPicture();
    const { model } = codec;
    const files = exportOnnx(model);
    const [height, width] = [128, 192];
    const picture = scene(width, height, 3);
    const pixels = Float32Array.from(
      picture.planes.flatMap((plane) => [...plane]),
      (value) => value / 255 - 0.5,
    );
    const found = await runGraph(files, "encoder", { picture: floats([1, 3, height, width], pixels) });
    const { codes } = await runGraph(files, "quantizer", { latent: found.latent! });
    const [side, ...layers] = await codec.codes(picture);
    expect(Array.from(found.side!.data as Float32Array, (value) => value + 127)).toEqual([...side!.data]);
    expect(Array.from(codes!.data as BigInt64Array, Number)).toEqual(layers.flatMap(({ data }) => [...data]));
    const used = 2;
    const left = BigInt(2 * model.context.reach + 1);
    const data = (codes!.data as BigInt64Array).map((code, at) =>
      at < used * layers[0]!.data.length ? code : left,
    );
    const { latent } = await runGraph(files, "dequantizer", { codes: { ...codes!, data } });
    const depth: Value = { type: "int64", shape: [1], data: BigInt64Array.of(BigInt(used)) };
    const seen = await runGraph(files, "decoder", { latent: latent!, side: found.side!, layers: depth });
    const planes = [0, 1, 2].map((plane) =>
      Uint8Array.from(
        (seen.picture!.data as Float32Array).subarray(plane * height * width, (plane + 1) * height * width),
        (value) => Math.max(0, Math.min(255, Math.floor((value + 0.5) * 255 + 0.5))),
      ),
    );
    const expected = await codec.synthesize([side!, ...layers.slice(0, used)], { width, height });
    expect(samePicture({ ...expected, planes }, expected)).toBe(true);
    await codec.close();
  });
});

test("the README names every input and output, the licence, and the margins", async () => {
  const codec = await openTiny();
  const text = exportOnnx(codec.model)["README.md"] as string;
  const { encoder, decoder } = soundExportConfig(codec.model);
  for (const words of ["`samples`", "`latent`", "`codes`", "int64", codec.model.config.licence])
    expect(text).toContain(words);
  expect(text).toContain(`${encoder.past} frames of them in front`);
  expect(text).toContain(`${decoder.future} behind`);
  await codec.close();
});

test("safetensors hold every tensor as float32, or fp16 where it is asked for", async () => {
  const model = await readModel(tinyFolder);
  const { tensors, metadata } = readSafetensors(exportSafetensors(model)["model.safetensors"] as Uint8Array);
  expect(metadata.licence).toBe(model.config.licence);
  expect(Object.keys(tensors).sort()).toEqual(Object.keys(model.parameters).sort());
  for (const [name, { data }] of Object.entries(tensors)) expect(data).toEqual(model.parameters[name]);
  const half = exportSafetensors(model, { half: true });
  const whole = exportSafetensors(model)["model.safetensors"]!.length;
  expect(half["model.safetensors"]!.length).toBeLessThan(0.6 * whole);
  expect(JSON.parse(half["config.json"] as string).encoder).toEqual(model.config.encoder);
});
