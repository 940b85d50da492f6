import { createRequire } from "node:module";
import { readStream } from "@nacre/bitstream";
import type { Fact, Medium, ModelSummary, OpenModel } from "@nacre/cli";
import {
  defaultPictureModel,
  exportModel,
  listModels,
  NacreError,
  openPictures,
  type PictureModelInfo,
  type PictureNacre,
} from "@nacre/nacre";
import { codesOf } from "./codes.js";
import { compare } from "./compare.js";
import { type DecodeRequest, decodePicture } from "./decode.js";
import { encodePicture } from "./encode.js";
import { costFacts, layersFact, sizeFact } from "./facts.js";
import { inspectPicture } from "./inspect.js";
import { decodeOptions, encodeOptions } from "./options.js";
import { roundTripsOf } from "./round-trips.js";
import { trainPictures } from "./train.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** Pictures, as the verbs see them. */
export const picture: Medium = {
  program: "nacre-image",
  version,
  noun: "picture",
  nouns: "pictures",
  media: "image",
  example: "photo",
  extensions: [".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".gif"],
  outputExtensions: [".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff"],
  defaultModel: defaultPictureModel,
  encodeOptions,
  decodeOptions,
  verbs: [compare],
  open: async (model, options) => modelOf(await openPictures(model, options)),
  models: async () => (await listModels()).filter((each) => each.medium === "image").map(summary),
  importable: [],
  importModel: () => Promise.reject(nothingToImport()),
  exportModel: (request) => exportModel({ medium: "image", ...request }),
  describe: describeFile,
  train: trainPictures,
};

function nothingToImport(): NacreError {
  return new NacreError("option", {
    found: "a model of pictures to import",
    expected: "one of sounds, which nacre-audio imports",
    mend: "train one with nacre-image train",
  });
}

function modelOf(pictures: PictureNacre): OpenModel {
  return {
    id: pictures.model.id,
    encode: (source, options, task) => encodePicture(pictures, source, options, task),
    decode: (source, options, task) => decodePicture(pictures, source, options as DecodeRequest, task),
    codes: (source) => codesOf(pictures, source),
    inspect: (source, options, task) => inspectPicture(pictures, source, options, task),
    roundTrips: roundTripsOf(pictures),
    close: () => pictures.close(),
  };
}

function summary(model: PictureModelInfo): ModelSummary {
  const { id, folder, description, layers, channels, levels, patch } = model;
  const facts: Fact[] = [
    { name: "layers", value: layers, text: `${layers} layers` },
    { name: "channels", value: channels, text: `of ${channels} codes` },
    { name: "patch", value: patch, text: `for ${patch} x ${patch} pixels` },
    { name: "levels", value: levels, text: `of ${levels} levels` },
  ];
  return { id, folder, description, facts };
}

function describeFile(file: Uint8Array): Fact[] {
  const { header } = readStream(file);
  if (header.media !== "image")
    throw new NacreError("media", { found: `a file of ${header.media}`, expected: "a picture" });
  const { bitDepth, colour, alpha, tile, layers, attachments } = header;
  const form = `${bitDepth}-bit ${colour}${alpha ? " with alpha" : ""}`;
  const beside = attachments.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [
    ...costFacts(file.length, header),
    sizeFact(header),
    layersFact(layers.filter(({ role }) => role === "content").length),
    { name: "form", value: { bitDepth, colour, alpha }, text: form },
    { name: "tile", value: tile, text: `tiles of ${tile} pixels` },
    { name: "attachmentBytes", value: beside, text: `${beside} bytes of profile, EXIF and XMP` },
  ];
}
