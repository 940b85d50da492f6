import { resample } from "@nacre/media";
import { audioMetrics } from "@nacre/metrics";
import { type Audio, type Nacre, open, readAudio, trimLayers } from "@nacre/nacre";
import { type ByLoudness, byLoudness } from "./by-loudness.js";
import { type CodebookRow, codebooksOf } from "./codebooks.js";
import { type Coded, type CodedRow, codedOf, meanRow } from "./coded.js";
import { integratedLoudness } from "./integrated-loudness.js";
import { ceilingSanity, identitySanity, type SanityRow } from "./sanity.js";
import { soundFiles } from "./sound-files.js";

/** Means of one prefix of layers. */
export type PrefixRow = { layers: number } & CodedRow;

/** What a model does on a folder of sounds that it never heard. */
export type Quality = {
  model: string;
  files: string[];
  seconds: number;
  /** By number of layers: rate of the whole file, measures and bandwidth, means over files with 95 % intervals. */
  prefixes: PrefixRow[];
  /** From one watched number of layers to the next: mean gain, and the share of files that gain. */
  steps: { from: number; to: number; gain: Record<string, number>; improved: Record<string, number> }[];
  /** Codes of all files together; null where a layer has several codes a frame, as finite scalars have. */
  codebooks: CodebookRow[] | null;
  /** Watched numbers of layers. */
  byLoudness: ByLoudness<{ prefixes: PrefixRow[] }>;
  sanity: SanityRow[];
};

/** prefixes: [layers - 1]; identity and ceiling stand in the place of a decoded sound. */
type Measured = {
  name: string;
  seconds: number;
  loudness: number;
  prefixes: Coded[];
  identity: Coded;
  ceiling: Coded;
};

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
  const codes = Array.from({ length: layers }, (): Int32Array[] => []);
  const measured: Measured[] = [];
  for (const [index, { name, path }] of files.entries()) {
    measured.push({ name, ...(await measureFile(nacre, path, codes)) });
    onFile(index + 1, files.length);
  }
  await nacre.close();
  return {
    model: nacre.model.id,
    files: files.map(({ name }) => name),
    ...rowsOf(measured, layers),
    steps: stepsOf(measured, watched(layers)),
    codebooks: alphabets.length === 1 ? codebooksOf(codes, entries) : null,
    byLoudness: byLoudness(measured, (places) => {
      const half = places.map((at) => measured[at]!);
      return { prefixes: watched(layers).map((count) => prefixOf(half, count)) };
    }),
    sanity: sanityOf(measured, layers),
  };
}

function rowsOf(measured: readonly Measured[], layers: number): Pick<Quality, "seconds" | "prefixes"> {
  return {
    seconds: measured.reduce((sum, { seconds }) => sum + seconds, 0),
    prefixes: Array.from({ length: layers }, (_, i) => prefixOf(measured, i + 1)),
  };
}

function sanityOf(measured: readonly Measured[], layers: number): SanityRow[] {
  const ceiling = meanRow(measured.map((each) => each.ceiling));
  return [
    identitySanity(meanRow(measured.map(({ identity }) => identity))),
    ceilingSanity(ceiling, prefixOf(measured, layers)),
  ];
}

async function measureFile(
  nacre: Nacre,
  path: string,
  codes: Int32Array[][],
): Promise<Omit<Measured, "name">> {
  const original = await readAudio(path);
  const file = await nacre.encode(original);
  for (const [layer, channels] of (await nacre.codes(file)).entries()) {
    codes[layer]!.push(...channels.map(({ data }) => data));
  }
  const decoded: Audio[] = [];
  const report = await nacre.layers(file, { original, onDecoded: (_, sound) => void decoded.push(sound) });
  return {
    seconds: report.duration,
    loudness: integratedLoudness(original),
    prefixes: report.layers.map((row, i) =>
      codedOf(original, decoded[i]!, trimLayers(file, i + 1).length, row.quality),
    ),
    identity: codedOf(original, original, 0),
    ceiling: codedOf(original, thereAndBack(original, nacre.model.sampleRate), 0),
  };
}

function thereAndBack(sound: Audio, sampleRate: number): Audio {
  const { length } = sound.channels[0]!;
  return resample(resample(sound, sampleRate), sound.sampleRate, { length });
}

function prefixOf(measured: readonly Measured[], layers: number): PrefixRow {
  return { layers, ...meanRow(measured.map(({ prefixes }) => prefixes[layers - 1]!)) };
}

function stepsOf(measured: readonly Measured[], counts: readonly number[]): Quality["steps"] {
  const valuesOf = (layers: number, name: string) =>
    measured.map(({ prefixes }) => prefixes[layers - 1]!.measures[name]!);
  return counts.slice(1).map((to, i) => {
    const from = counts[i]!;
    const gains = audioMetrics.map(({ name, better }): [string, number[]] => {
      const before = valuesOf(from, name);
      const sign = better === "higher" ? 1 : -1;
      return [name, valuesOf(to, name).map((after, file) => sign * (after - before[file]!))];
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
