import { existsSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, type StoredTensor, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import {
  buildStep,
  initialState,
  loadCheckpoint,
  type Progress,
  type Recipe,
  runFiles,
  saveCheckpoint,
} from "@nacre/training";
import { refuseExisting } from "./whole-folder.js";

/**
 * Joins the pieces of a checkpoint to one that `train run` resumes and `train model` makes a model of, and adds
 * the lines of its log to the run's. The batch becomes the recipe's again; the state does not depend on it.
 *
 * folder  of the run: checkpoint.safetensors and log.jsonl are written there
 * throws  NacreError "model" when pieces are missing, damaged or of another recipe, "io" when a checkpoint is
 *         there and `force` is not given; nothing is written then
 */
export async function importCheckpoint(
  pieces: string,
  recipe: Recipe,
  folder: string,
  { force = false }: { force?: boolean } = {},
): Promise<Progress> {
  const checkpoint = join(folder, runFiles.checkpoint);
  refuseExisting(checkpoint, force);
  const { tensors, metadata } = await readPieces(pieces);
  const stored: unknown = parse(metadata.recipe);
  if (typeof stored !== "object" || stored === null) throw refused(pieces, "without a recipe");
  const text = JSON.stringify({ ...stored, batch: recipe.batch });
  const graph = buildStep(recipe);
  const values = initialState(recipe, graph);
  await mkdir(folder, { recursive: true });
  const joined = join(folder, `joined.${process.pid}.tmp`);
  try {
    await writeFile(joined, writeSafetensors(tensors, { metadata: { ...metadata, recipe: text } }));
    const progress = await loadCheckpoint(joined, recipe, graph, values);
    await saveCheckpoint(checkpoint, recipe, graph, values, progress);
    await addLog(join(pieces, runFiles.log), join(folder, runFiles.log));
    return progress;
  } finally {
    await rm(joined, { force: true });
  }
}

async function readPieces(folder: string) {
  const found = (await readdir(folder).catch(() => [])).flatMap((name) => {
    const match = /^checkpoint-(\d+)-of-(\d+)\.safetensors$/.exec(name);
    return match ? [{ name, at: Number(match[1]), count: Number(match[2]) }] : [];
  });
  const counts = new Set(found.map(({ count }) => count));
  if (counts.size !== 1 || !counts.has(found.length)) {
    throw refused(folder, `with ${found.length} pieces of ${[...counts].join(" and ") || "none"}`);
  }
  const tensors: Record<string, StoredTensor> = {};
  let metadata: Record<string, string> | undefined;
  for (const { name } of found) {
    const piece = readSafetensors(await readFile(join(folder, name)));
    metadata ??= piece.metadata;
    // A piece that is newer than the others belongs to another step.
    for (const key of ["recipe", "step", "seconds"]) {
      if (piece.metadata[key] !== metadata[key]) throw refused(folder, `whose pieces differ in their ${key}`);
    }
    Object.assign(tensors, piece.tensors);
  }
  return { tensors, metadata: metadata! };
}

async function addLog(from: string, to: string): Promise<void> {
  if (existsSync(from)) await appendFile(to, await readFile(from));
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function refused(folder: string, what: string): NacreError {
  return new NacreError("model", {
    found: `a checkpoint in ${folder} ${what}`,
    expected: "all pieces checkpoint-<i>-of-<n>.safetensors of one step",
    mend: "fetch all files that the runner left",
  });
}
