import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { copyFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip, constants as zlib } from "node:zlib";
import { writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import {
  buildStep,
  initialState,
  loadCheckpoint,
  type Progress,
  type Recipe,
  type StateValues,
  type StepGraph,
  tableRow,
} from "@nacre/training";
import { nodeListOf } from "./node-list.js";
import { wholeFolder } from "./whole-folder.js";

/** How a step is exported. */
export type ExportOptions = {
  /** Items per step; the recipe's own by default. */
  batch?: number;
  /** A checkpoint of the recipe; without it the run begins at its drawn weights. */
  from?: string;
  /** Begins at the checkpoint's averaged weights with empty moments: a third of the state to carry. */
  averages?: boolean;
  /** Replaces a folder that is there. */
  force?: boolean;
};

/** What step.json says beside the node list. */
export type StepAbout = {
  format: 1;
  recipe: Recipe;
  sampleRate: number;
  audioShape: [number, number];
  state: StepGraph["state"];
  /** State arrays that are not in state.safetensors but equal to another one there; absent ones are zeros. */
  twins: Record<string, string>;
  metricNames: string[];
  rowWidth: number;
  /** Steps whose rows lie in rows.f32.gz. */
  rows: { first: number; last: number };
  progress: Progress;
};

/** Names of the files in an export's folder. */
export const exportFiles = {
  step: "step.json",
  constants: "constants.safetensors",
  state: "state.safetensors",
  rows: "rows.f32.gz",
} as const;

const runner = fileURLToPath(new URL("../runner/", import.meta.url));
const rowsAtOnce = 256;

/**
 * Writes a recipe's step, first state and rows up to the end of its schedule, with the program that runs them.
 *
 * throws  NacreError "option" for numbers that do not fit, "model" for a checkpoint of another recipe, "io"
 *         when the folder is there; nothing is left behind then
 */
export async function exportStep(recipe: Recipe, folder: string, options: ExportOptions = {}): Promise<void> {
  if (recipe.augment) throw noAugmentation(recipe.name);
  const larger = { ...recipe, batch: options.batch ?? recipe.batch };
  const graph = buildStep(larger);
  const { values, progress } = await firstState(recipe, graph, options);
  const rows = { first: progress.step + 1, last: larger.schedule.steps };
  if (rows.first > rows.last) throw nothingLeft(progress.step, rows.last);
  await wholeFolder(folder, options.force ?? false, async (draft) => {
    const { list, constants } = nodeListOf(graph.parts);
    const { kept, twins } = withoutRepeats(graph, values);
    const about: StepAbout = {
      format: 1,
      recipe: larger,
      sampleRate: larger.encoder.sampleRate,
      audioShape: graph.batch.shape as [number, number],
      state: graph.state,
      twins,
      metricNames: graph.metricNames,
      rowWidth: graph.table.width,
      rows,
      progress,
    };
    await writeFile(join(draft, exportFiles.step), JSON.stringify({ ...about, ...list }));
    await writeFile(join(draft, exportFiles.constants), writeSafetensors(constants));
    await writeFile(join(draft, exportFiles.state), writeSafetensors(kept));
    await writeRows(join(draft, exportFiles.rows), graph, rows);
    const programs = (await readdir(runner)).filter((name) => name.endsWith(".py"));
    for (const name of programs) await copyFile(join(runner, name), join(draft, name));
  });
}

async function firstState(recipe: Recipe, graph: StepGraph, { from, averages }: ExportOptions) {
  const values = initialState(graph.recipe, graph);
  if (from === undefined) return { values, progress: { step: 0, seconds: 0 } };
  const progress = await loadCheckpoint(from, recipe, graph, values);
  if (averages) beginAtAverages(values);
  return { values, progress };
}

// AdamW's scalars may stay those of a late step: its moments then rise together, and so keep their ratio.
function beginAtAverages(values: StateValues): void {
  for (const [name, array] of Object.entries(values)) {
    if (/\b(first|second)\b/.test(name)) array.fill(0);
    const trained = name === "quantizer.average" ? "quantizer.codebooks" : name.replace("average.", "value.");
    if (/\baverage\b/.test(name)) values[trained]!.set(array);
  }
}

// A first state is mostly zeros and pairs of equal arrays, which need not travel.
function withoutRepeats({ state }: StepGraph, values: StateValues) {
  const known = new Map<string, string>();
  const twins: Record<string, string> = {};
  const kept: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (const { name, shape } of state) {
    const data = values[name]!;
    if (data.every((value) => Object.is(value, 0))) continue;
    const key = `${shape} ${createHash("sha256").update(data).digest("hex")}`;
    const twin = known.get(key);
    if (twin === undefined) {
      known.set(key, name);
      kept[name] = { shape, data };
    } else twins[name] = twin;
  }
  return { kept, twins };
}

async function writeRows(
  path: string,
  graph: StepGraph,
  { first, last }: { first: number; last: number },
): Promise<void> {
  const { recipe, table } = graph;
  function* blocks() {
    for (let step = first; step <= last; step += rowsAtOnce) {
      const block = new Float32Array(Math.min(rowsAtOnce, last + 1 - step) * table.width);
      for (let at = 0; at < block.length; at += table.width) {
        tableRow(recipe, table, step + at / table.width, block.subarray(at, at + table.width));
      }
      yield new Uint8Array(block.buffer);
    }
  }
  await pipeline(
    Readable.from(blocks()),
    createGzip({ level: zlib.Z_BEST_COMPRESSION }),
    createWriteStream(path),
  );
}

function nothingLeft(done: number, steps: number): NacreError {
  return new NacreError("option", {
    found: `a checkpoint of step ${done} for a schedule of ${steps} steps`,
    expected: "steps that are left",
    mend: "give a larger --steps",
  });
}

function noAugmentation(name: string): NacreError {
  return new NacreError("option", {
    found: `the recipe ${name}, which augments what it trains on`,
    expected: "one without: the card draws plain crops",
    mend: "train it on the CPU, or take its augmentation out for the part on the card",
  });
}
