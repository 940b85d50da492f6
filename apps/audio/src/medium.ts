import { createRequire } from "node:module";
import type { Fact, Medium, OpenModel } from "@nacre/cli";
import {
  codeOrders,
  defaultModel,
  exportModel,
  foreignFamilies,
  listModels,
  type Nacre,
  open,
  readStream,
  soundHeader,
} from "@nacre/nacre";
import { codesOf } from "./codes.js";
import { decodeSound } from "./decode.js";
import { encodeSound } from "./encode.js";
import { costFacts, formFacts } from "./facts.js";
import { importSoundModel } from "./import.js";
import { importSoundPair } from "./import-pair.js";
import { inspectSound } from "./inspect.js";
import { modelSummary } from "./model-summary.js";
import { decodeOptions, encodeOptions } from "./options.js";
import { roundTripsOf } from "./round-trips.js";
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
  models: async () => (await listModels()).filter((each) => each.medium === "audio").map(modelSummary),
  importable: foreignFamilies,
  importModel: importSoundModel,
  pairs: { layouts: codeOrders, importPair: importSoundPair },
  exportModel: (request) => exportModel({ medium: "audio", ...request }),
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
    roundTrips: roundTripsOf(nacre),
    close: () => nacre.close(),
  };
}

function describeFile(file: Uint8Array): Fact[] {
  const { header: read, length } = readStream(file);
  const header = soundHeader(read);
  const shape = { samples: length, sampleRate: header.sampleRate, channels: header.channels };
  return [...costFacts(file.length, header.layers.length, shape), ...formFacts(shape)];
}
