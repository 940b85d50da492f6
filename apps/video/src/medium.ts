import { createRequire } from "node:module";
import type { Fact, Medium, ModelSummary, OpenModel } from "@nacre/cli";
import { secondsOf, videoHeader } from "@nacre/codec";
import {
  defaultPictureModel,
  listModels,
  NacreError,
  openVideos,
  type PictureModelInfo,
  readStream,
  type VideoNacre,
} from "@nacre/nacre";
import { codesOf } from "./codes.js";
import { decodeVideo } from "./decode.js";
import { encodeVideo, soundFact } from "./encode.js";
import { costFacts, layersFact, shapeFacts } from "./facts.js";
import { inspectVideo } from "./inspect.js";
import { type DecodeRequest, decodeOptions, encodeOptions } from "./options.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Videos, as the verbs see them. */
export const video: Medium = {
  program: "nacre-video",
  version,
  noun: "video",
  nouns: "videos",
  media: "video",
  example: "clip",
  extensions: [".y4m", ".mp4", ".m4v", ".mov", ".webm", ".mkv"],
  outputExtensions: [".y4m", ".mp4", ".wav", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff"],
  defaultModel: defaultPictureModel,
  encodeOptions,
  decodeOptions,
  folders: true,
  open: async (model, options) => modelOf(await openVideos(model, options)),
  models: async () => (await listModels()).filter((each) => each.medium === "image").map(summary),
  importable: [],
  importModel: () => Promise.reject(notYet("importing a model")),
  describe: describeFile,
  train: () => Promise.reject(notYet("training a model")),
};

function notYet(what: string): NacreError {
  return new NacreError("option", {
    found: `${what} of videos`,
    expected: "one of pictures, which codes every frame on its own so far",
    mend: "train one with nacre-image train and use it here with --model",
  });
}

function modelOf(videos: VideoNacre): OpenModel {
  return {
    id: videos.model.id,
    encode: (source, options, task) => encodeVideo(videos, source, options, task),
    decode: (source, options, task) => decodeVideo(videos, source, options as DecodeRequest, task),
    codes: (source, task) => codesOf(videos, source, task),
    inspect: (source, options, task) => inspectVideo(videos, source, options, task),
    close: () => videos.close(),
  };
}

function summary({ id, folder, description, layers, channels, patch }: PictureModelInfo): ModelSummary {
  const facts: Fact[] = [
    { name: "layers", value: layers, text: `${layers} layers` },
    { name: "channels", value: channels, text: `of ${channels} codes` },
    { name: "patch", value: patch, text: `for ${patch} x ${patch} pixels of every frame` },
  ];
  return { id, folder, description, facts };
}

function describeFile(file: Uint8Array): Fact[] {
  const { header: read, chunks, length, endTime } = readStream(file);
  const header = videoHeader(read);
  const { width, height, rate, clock, subsampling, matrix, range, sound } = header;
  const coded = chunks.filter(({ mark }) => mark?.kind === "intra" || mark?.kind === "predicted").length;
  const shape = { width, height, frames: length, seconds: secondsOf(header, length, endTime), coded };
  const pace =
    clock === undefined
      ? rate
        ? `${rate.numerator}/${rate.denominator} frames/s`
        : "no frame rate"
      : `frames with times in 1/${clock} s`;
  return [
    ...costFacts(file.length, shape),
    ...shapeFacts(shape),
    layersFact(header.layers.filter(({ role }) => role === "content").length),
    { name: "rate", value: rate ?? null, text: pace },
    {
      name: "colours",
      value: { subsampling, matrix, range },
      text: `${subsampling} ${matrix} ${range} range`,
    },
    ...(sound ? [soundFact(sound)] : []),
  ];
}
