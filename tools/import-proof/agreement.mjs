/**
 * How far an import agrees with the original on vectors that the scripts beside it wrote:
 *
 *     node tools/import-proof/agreement.mjs packages/codec/test/imports/*
 *
 * One line a folder: share of equal codes, largest difference of decoded sounds over their largest value, and how
 * many times faster than they play the sounds of the folder were coded and decoded, opening the model left out.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  buildModel,
  createCodec,
  loadModel,
  openForeignModel,
  readSafetensors,
} from "../../packages/codec/dist/index.js";
import { createRuntime } from "../../packages/runtime/dist/node/index.js";

for (const folder of process.argv.slice(2)) console.log(folder, JSON.stringify(await agreement(folder)));

async function agreement(folder) {
  const read = async (name) => new Uint8Array(await readFile(join(folder, name)));
  const config = JSON.parse(new TextDecoder().decode(await read("config.json")));
  const foreign = openForeignModel({ config, weights: await weightsOf(folder) });
  const runtime = createRuntime();
  const model = await loadModel(await buildModel(foreign.convert("proof"), [], runtime, { bits: 32 }));
  const codec = await createCodec(model, runtime, { threads: 1 });
  const { tensors } = readSafetensors(await read("vectors.safetensors"));
  const total = { codes: 0, equal: 0, worst: 0, seconds: 0, coding: 0, decoding: 0 };
  for (const name of Object.keys(tensors).filter((each) => each.endsWith(".samples"))) {
    const number = name.split(".")[0];
    const [channels, length] = tensors[name].shape;
    for (let channel = 0; channel < channels; channel++) {
      const samples = tensors[name].data.subarray(channel * length, (channel + 1) * length);
      const codes = codesOf(tensors, number, channel);
      await compare(codec, samples, codes, rowOf(tensors[`${number}.decoded`], channel), total);
    }
  }
  await codec.close();
  const { codes, equal, worst, seconds, coding, decoding } = total;
  return {
    codes,
    equalShare: equal / codes,
    worst,
    codingSpeed: seconds / coding,
    decodingSpeed: seconds / decoding,
  };
}

// The tests' own weights are packed.
async function weightsOf(folder) {
  const plain = join(folder, "model.safetensors");
  if (existsSync(plain)) return new Uint8Array(await readFile(plain));
  return Uint8Array.from(gunzipSync(await readFile(`${plain}.gz`)));
}

async function compare(codec, samples, codes, decoded, total) {
  // Once to open the networks of this length, once to be timed.
  await codec.codes(samples);
  await codec.synthesize(codes, decoded.length);
  const start = performance.now();
  const found = await codec.codes(samples);
  const middle = performance.now();
  const heard = await codec.synthesize(codes, decoded.length);
  total.coding += (middle - start) / 1000;
  total.decoding += (performance.now() - middle) / 1000;
  total.seconds += samples.length / codec.model.sampleRate;
  for (const [layer, expected] of codes.entries()) {
    total.codes += expected.length;
    total.equal += expected.filter((code, at) => code === found[layer].data[at]).length;
  }
  const loudest = decoded.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = decoded.reduce((most, value, at) => Math.max(most, Math.abs(value - heard[at])), 0);
  total.worst = Math.max(total.worst, off / loudest);
}

// One array where all layers have one grid, else an array for each.
function codesOf(tensors, number, channel) {
  const all = tensors[`${number}.codes`];
  if (all) return layersOf(all, channel);
  const each = Object.keys(tensors).filter((name) => name.startsWith(`${number}.codes.`));
  return each.map((_, layer) => rowOf(tensors[`${number}.codes.${layer}`], channel));
}

function layersOf({ shape, data }, channel) {
  const [, layers, frames] = shape;
  const from = channel * layers * frames;
  return Array.from({ length: layers }, (_, layer) =>
    data.slice(from + layer * frames, from + (layer + 1) * frames),
  );
}

function rowOf({ shape, data }, channel) {
  return data.subarray(channel * shape[1], (channel + 1) * shape[1]);
}
