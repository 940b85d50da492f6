import { audioMetrics } from "@nacre/metrics";
import { type LayerReport, type Nacre, open, readAudio, trimLayers } from "@nacre/nacre";
import { type Interval, meanInterval } from "./interval.js";
import { soundFiles } from "./sound-files.js";

/** What a model does on a folder of sounds that it never heard. */
export type Quality = {
  model: string;
  files: string[];
  seconds: number;
  /** By number of layers: rate of the whole file and measures, means over files with 95 % intervals. */
  prefixes: { layers: number; kbps: Interval; measures: Record<string, Interval> }[];
  /** From one watched number of layers to the next: mean gain, and the share of files that gain. */
  steps: { from: number; to: number; gain: Record<string, number>; improved: Record<string, number> }[];
  /** Codes of all files together; null where a layer has several codes a frame, as finite scalars have. */
  codebooks:
    | { layer: number; codes: number; usage: number; perplexity: number; entropyBits: number }[]
    | null;
};

type Measured = { report: LayerReport; bytes: number[] };

/** Layer counts between which the share of improved files is told: doublings, and all. */
export function watched(layers: number): number[] {
  return [1, 2, 4, 8, 16, 32].filter((count) => count < layers).concat(layers);
}

/**
 * Encodes every sound of a folder, decodes every prefix at the sound's own rate and measures it.
 *
 * model  name or folder; the default model when absent
 */
export async function measureQuality(
  model: string | undefined,
  folder: string,
  onFile: (done: number, total: number) => void,
): Promise<Quality> {
  const files = await soundFiles(folder);
  const nacre = await open(model);
  const { layers, entries, alphabets } = nacre.model;
  const counts = Array.from({ length: layers }, () => new Uint32Array(entries));
  const measured: Measured[] = [];
  for (const [index, { path }] of files.entries()) {
    measured.push(await measureFile(nacre, path, counts));
    onFile(index + 1, files.length);
  }
  await nacre.close();
  return {
    model: nacre.model.id,
    files: files.map(({ name }) => name),
    seconds: measured.reduce((sum, { report }) => sum + report.duration, 0),
    prefixes: Array.from({ length: layers }, (_, i) => prefixOf(measured, i + 1)),
    steps: stepsOf(measured, watched(layers)),
    codebooks: alphabets.length === 1 ? counts.map((row, layer) => codebookOf(row, layer + 1)) : null,
  };
}

async function measureFile(nacre: Nacre, path: string, counts: Uint32Array[]): Promise<Measured> {
  const original = await readAudio(path);
  const file = await nacre.encode(original);
  for (const [layer, channels] of (await nacre.codes(file)).entries()) {
    for (const { data } of channels) for (const code of data) counts[layer]![code]! += 1;
  }
  const report = await nacre.layers(file, { original });
  return { report, bytes: report.layers.map((_, i) => trimLayers(file, i + 1).length) };
}

function prefixOf(measured: readonly Measured[], layers: number): Quality["prefixes"][number] {
  const kbps = measured.map(({ report, bytes }) => (bytes[layers - 1]! * 8) / report.duration / 1000);
  const measures = audioMetrics.map(({ name }) => [name, meanInterval(valuesOf(measured, layers, name))]);
  return { layers, kbps: meanInterval(kbps), measures: Object.fromEntries(measures) };
}

function valuesOf(measured: readonly Measured[], layers: number, metric: string): number[] {
  return measured.map(({ report }) => report.layers[layers - 1]!.quality[metric] ?? Number.NaN);
}

function stepsOf(measured: readonly Measured[], counts: readonly number[]): Quality["steps"] {
  return counts.slice(1).map((to, i) => {
    const from = counts[i]!;
    const gains = audioMetrics.map(({ name, better }): [string, number[]] => {
      const before = valuesOf(measured, from, name);
      const sign = better === "higher" ? 1 : -1;
      return [name, valuesOf(measured, to, name).map((after, file) => sign * (after - before[file]!))];
    });
    const table = (of: (values: number[]) => number) =>
      Object.fromEntries(gains.map(([name, values]) => [name, of(values.filter(Number.isFinite))]));
    return {
      from,
      to,
      gain: table((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
      improved: table((values) => values.filter((value) => value > 0).length / values.length),
    };
  });
}

function codebookOf(counts: Uint32Array, layer: number): NonNullable<Quality["codebooks"]>[number] {
  const codes = counts.reduce((sum, count) => sum + count, 0);
  const shares = Array.from(counts, (count) => count / codes).filter((share) => share > 0);
  const entropyBits = shares.reduce((sum, share) => sum - share * Math.log2(share), 0);
  return { layer, codes, usage: shares.length / counts.length, perplexity: 2 ** entropyBits, entropyBits };
}
