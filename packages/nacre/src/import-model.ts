import { open, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type BuiltModel, buildModel, type ForeignFiles, modelText, openForeignModel } from "@nacre/codec";
import { modelFiles, readModel } from "@nacre/codec/node";
import { NacreError, naming } from "@nacre/errors";
import { readAudio, resample } from "@nacre/media";
import { createRuntime } from "@nacre/runtime/node";
import { importCard } from "./import-card.js";
import { infoOf, type ModelInfo } from "./models.js";
import { writeWhole } from "./write-whole.js";

// More than any codec's weights; read whole, a larger file would end the program.
const largestWeights = 2 ** 30;
const largestConfig = 2 ** 20;

/** What is imported, and how. */
export type ImportRequest = {
  /** A folder with config.json and model.safetensors, or a .safetensors file beside its config.json. */
  from: string;
  /** "encodec", "dac" or "snac"; found out by config and tensors where it is left out. */
  family?: string;
  /** Folder of the model, made where there is none. */
  out: string;
  /** Of the model: lower-case letters, digits, dots and dashes. */
  name: string;
  /** Paths of sounds to count codes in, for the tables that files are coded with; uniform ones without any. */
  sounds?: readonly string[];
  /** Told before anything is done: what the licence of the published weights is. */
  onLicence?: (sentence: string) => void;
  /** Sounds counted so far. */
  onProgress?: (done: number) => void;
  /** Ends the counting where it is. */
  signal?: AbortSignal;
};

/**
 * Takes over another project's codec: writes a folder that every verb takes as a model. Nothing is written when it
 * fails.
 *
 * throws  NacreError "model" for weights that cannot be taken over (a pickle, missing or unfitting tensors, a config
 *         that disagrees), "io" for files that cannot be read or written, "media" for a sound that cannot be read
 */
export async function importModel(request: ImportRequest): Promise<ModelInfo> {
  const { from, family, out, name, sounds = [], onLicence, onProgress, signal } = request;
  const foreign = openForeignModel(await readForeign(from), family);
  onLicence?.(foreign.notice);
  const trained = foreign.convert(name);
  const counted = countedSounds(sounds, sampleRateOf(trained.encoder.config), { onProgress, signal });
  const built = await buildModel(trained, counted, createRuntime(), { bits: 32 });
  await writeWhole(out, {
    ...filesOf(built),
    "card.md": importCard({ name, ...foreign, config: built.config, counted: sounds.length }),
  });
  return infoOf(await readModel(out), resolve(out));
}

async function readForeign(from: string): Promise<ForeignFiles> {
  const folder = (await naming(from, stat(from))).isDirectory();
  const weights = folder ? join(from, "model.safetensors") : from;
  const config = join(folder ? from : dirname(from), "config.json");
  if (folder) await refuseFolderOfPickles(from, weights);
  const text = new TextDecoder().decode(await readPart(config, largestConfig));
  const bytes = await readPart(weights, largestWeights);
  try {
    return { config: JSON.parse(text), weights: bytes };
  } catch (cause) {
    throw new NacreError("model", { found: `${config} that is not JSON` }, { cause });
  }
}

/** A file as bytes. throws NacreError "model" when it is larger than that, "io" when it cannot be read */
export async function readPart(path: string, most: number): Promise<Uint8Array> {
  const file = await naming(path, open(path));
  try {
    const { size } = await naming(path, file.stat());
    if (size <= most) return new Uint8Array(await naming(path, file.readFile()));
  } finally {
    await file.close();
  }
  throw new NacreError("model", {
    found: `${path} is larger than ${most} bytes`,
    expected: "a codec's file",
  });
}

async function refuseFolderOfPickles(folder: string, weights: string): Promise<void> {
  const there = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    );
  if (await there(weights)) return;
  const pickle = join(folder, "pytorch_model.bin");
  if (!(await there(pickle))) return;
  throw new NacreError("model", {
    found: `${pickle}, a pickle, which can run any program when it is opened`,
    expected: "model.safetensors beside config.json",
    mend: "get model.safetensors of the same model, or convert the file where you trust it (docs/import.md)",
  });
}

/** Channels of sounds at a rate, one after another. */
export async function* countedSounds(
  paths: readonly string[],
  sampleRate: number,
  { onProgress, signal }: Pick<ImportRequest, "onProgress" | "signal">,
): AsyncGenerator<Float32Array, void, undefined> {
  for (const [done, path] of paths.entries()) {
    if (signal?.aborted) return;
    yield* resample(await readAudio(path), sampleRate).channels;
    onProgress?.(done + 1);
  }
}

function sampleRateOf(config: unknown): number {
  return (config as { sampleRate: number }).sampleRate;
}

function filesOf(built: BuiltModel): Record<string, Uint8Array | string> {
  return {
    [modelFiles.weights]: built.weights,
    [modelFiles.tables]: built.tables,
    [modelFiles.config]: modelText(built),
  };
}
