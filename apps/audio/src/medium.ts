import { createRequire } from "node:module";
import type { Fact, Medium, ModelSummary, OpenModel } from "@nacre/cli";
import {
  defaultModel,
  listModels,
  type ModelInfo,
  type Nacre,
  open,
  readStream,
  soundHeader,
} from "@nacre/nacre";
import { codesOf } from "./codes.js";
import { decodeSound } from "./decode.js";
import { encodeSound } from "./encode.js";
import { costFacts, formFacts } from "./facts.js";
import { inspectSound } from "./inspect.js";
import { decodeOptions, encodeOptions } from "./options.js";
import { trainSounds } from "./train.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Sound, as the verbs see it. */
export const sound: Medium = {
  program: "nacre-audio",
  version,
  noun: "sound",
  nouns: "sounds",
  media: "audio",
  example: "speech",
  extensions: [".wav", ".wave", ".flac", ".ogg", ".oga"],
  outputExtensions: [".wav"],
  defaultModel,
  encodeOptions,
  decodeOptions,
  open: async (model, options) => modelOf(await open(model, options)),
  models: async () => (await listModels()).filter((each) => each.medium === "audio").map(summary),
  describe: describeFile,
  train: trainSounds,
};

function modelOf(nacre: Nacre): OpenModel {
  return {
    id: nacre.model.id,
    encode: (source, options, task) => encodeSound(nacre, source, options, task),
    decode: (source, options, task) => decodeSound(nacre, source, options, task),
    codes: (source) => codesOf(nacre, source),
    inspect: (source, options, task) => inspectSound(nacre, source, options, task),
    close: () => nacre.close(),
  };
}

function summary(model: ModelInfo): ModelSummary {
  const { id, folder, description, sampleRate, frameRate, layers, entries } = model;
  const kbps = (layers * Math.log2(entries) * frameRate) / 1000;
  const facts: Fact[] = [
    { name: "sampleRate", value: sampleRate, text: `${sampleRate} Hz` },
    { name: "frameRate", value: frameRate, text: `${frameRate} frames/s` },
    { name: "layers", value: layers, text: `${layers} layers` },
    { name: "entries", value: entries, text: `of ${entries}` },
    { name: "nominalKbps", value: kbps, text: `up to ${kbps.toFixed(1)} kbit/s` },
  ];
  return { id, folder, description, facts };
}

function describeFile(file: Uint8Array): Fact[] {
  const { header: read, length } = readStream(file);
  const header = soundHeader(read);
  const shape = { samples: length, sampleRate: header.sampleRate, channels: header.channels };
  return [...costFacts(file.length, header.layers.length, shape), ...formFacts(shape)];
}
