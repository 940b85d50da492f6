import { resolve } from "node:path";
import {
  type BuiltPair,
  buildPairModel,
  largestGraph,
  modelText,
  type PairFiles,
  type PairOptions,
  pairParts,
} from "@nacre/codec";
import { modelFiles, readAnyModel } from "@nacre/codec/node";
import { createRuntime } from "@nacre/runtime/node";
import { countedSounds, type ImportRequest, readPart } from "./import-model.js";
import { infoOf, type ModelInfo } from "./models.js";
import { writeWhole } from "./write-whole.js";

/** Which ONNX files are imported as a codec, and how; see `PairOptions` for what running them cannot show. */
export type PairImport = PairOptions &
  Pick<ImportRequest, "out" | "name" | "sounds" | "onProgress" | "signal"> & {
    /** Samples to codes, or to a latent where there is a quantizer. */
    encoder: string;
    /** Codes to samples, or a latent where there is a dequantizer. */
    decoder: string;
    /** A latent to codes. */
    quantizer?: string;
    /** Codes to a latent. */
    dequantizer?: string;
    /** Of the weights, as model.json keeps it; "unknown" by default. */
    licence?: string;
    /** Sentences on what was found out, and how. */
    onNote?: (sentence: string) => void;
  };

/**
 * Takes over a codec of ONNX files: runs them to find out what they take and give, and writes a folder that every verb
 * takes as a model. Nothing is written when it fails.
 *
 * throws  NacreError "model" for files that are no codec pair or need an option (named), "io" for files that cannot be
 *         read or written, "media" for a sound that cannot be read
 */
export async function importPair(request: PairImport): Promise<ModelInfo> {
  const { out, name, sounds = [], onNote, onProgress, signal } = request;
  const files: Partial<PairFiles> = {};
  for (const part of pairParts) {
    const path = request[part];
    if (path !== undefined) files[part] = await readPart(path, largestGraph);
  }
  const counted = countedSounds(sounds, request.sampleRate, { onProgress, signal });
  const built = await buildPairModel(files as PairFiles, optionsOf(request), counted, createRuntime());
  for (const note of built.notes) onNote?.(note);
  await writeWhole(out, {
    ...Object.fromEntries(Object.entries(built.graphs).map(([part, bytes]) => [`${part}.onnx`, bytes])),
    [modelFiles.tables]: built.tables,
    [modelFiles.config]: modelText(built),
    "card.md": pairCard(name, built, sounds.length),
  });
  return infoOf(await readAnyModel(out), resolve(out)) as ModelInfo;
}

function optionsOf({ sampleRate, hop, entries, margin, layout, name, licence }: PairImport) {
  return {
    ...{ sampleRate, name },
    ...(hop === undefined ? {} : { hop }),
    ...(entries === undefined ? {} : { entries }),
    ...(margin === undefined ? {} : { margin }),
    ...(layout === undefined ? {} : { layout }),
    ...(licence === undefined ? {} : { licence }),
  };
}

function pairCard(name: string, { config, notes }: BuiltPair, counted: number): string {
  const files = pairParts.flatMap((part) => {
    const file = config.files[part];
    return file ? [`| ${part}.onnx | ${file.bytes} bytes, SHA-256 ${file.sha256} |`] : [];
  });
  const tables =
    counted === 0
      ? "uniform: every code costs its full bits"
      : `counted in ${counted} sounds of the user's own`;
  return `# ${name}

${config.description}. The networks are the ONNX files that were imported, as they are.

|     |     |
| --- | --- |
| licence | ${config.licence} |
| tables | ${tables} |
| windows | ${config.framesPerChunk} frames are kept; the encoder hears ${config.encoder.past} before and ${config.encoder.future} after them, the decoder ${config.decoder.past} and ${config.decoder.future} |
${files.join("\n")}

Found out by running them:

${notes.map((note) => `- ${note}`).join("\n")}
`;
}
