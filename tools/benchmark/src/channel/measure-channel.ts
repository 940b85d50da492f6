import { type Codec, createCodec, type LayerCodes } from "@nacre/codec";
import { readModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";
import { resample } from "@nacre/media";
import { audioMetrics, type Interval, meanInterval } from "@nacre/metrics";
import { type Audio, modelFolder, readAudio } from "@nacre/nacre";
import { createRuntime } from "@nacre/runtime/node";
import { soundFiles } from "../sound-files.js";
import { bareBits, withBitErrors } from "./bit-errors.js";

/** Means over files of STOI, SI-SDR and mel distance, by name. */
export type ChannelMeasures = Record<string, Interval>;

/** One state of the channel. `changed` is the share of damaged layers' codes that arrive as others. */
export type Damage = { p: number; changed: number; measures: ChannelMeasures };

/** One model behind a channel that turns bits over. */
export type ChannelModel = {
  model: string;
  quantizer: string;
  layers: number;
  /** Bare codes of a channel of sound, without entropy coding and container. */
  bareKbps: number;
  undamaged: ChannelMeasures;
  /** Every layer damaged alike, by p. */
  all: Damage[];
  /** One layer damaged, all others whole. */
  alone: (Damage & { layer: number })[];
};

/** The channel table. */
export type ChannelResult = {
  seed: number;
  files: string[];
  seconds: number;
  models: ChannelModel[];
};

/**
 * models      names or folders
 * kbps        each model sends as many layers as fit into so much, bare; all by default
 * every       takes every so-many-th file of the folder, by name; 1 by default
 * p           of a bit, where all layers are damaged
 * alone       the same, where each layer is damaged alone
 */
export type ChannelOptions = {
  models: readonly string[];
  seed: number;
  kbps?: number;
  every?: number;
  p: readonly number[];
  alone: readonly number[];
  onFile?: (done: number, total: number) => void;
};

const measured = audioMetrics.filter(({ name }) => ["siSdr", "melDistance", "stoi"].includes(name));

/**
 * Encodes every sound once, damages its codes, decodes them as they are and measures, at the sound's own rate.
 * The draws of a file and layer are the same for every p and whether the layer is damaged alone or with others.
 *
 * throws NacreError "option" for a probability outside 0 .. 1 or a rate below one layer, and what soundFiles throws
 */
export async function measureChannel(folder: string, options: ChannelOptions): Promise<ChannelResult> {
  const { models, seed, every, p, alone, onFile } = options;
  checkProbabilities([...p, ...alone]);
  const files = await soundFiles(folder, every);
  const sounds: Audio[] = [];
  for (const { path } of files) sounds.push(await readAudio(path));
  const result: ChannelModel[] = [];
  for (const [index, name] of models.entries()) {
    const done = (count: number) => onFile?.(index * files.length + count, models.length * files.length);
    result.push(await throughChannel(name, sounds, options, done));
  }
  return {
    seed,
    files: files.map(({ name }) => name),
    seconds: sounds.reduce((sum, { channels, sampleRate }) => sum + channels[0]!.length / sampleRate, 0),
    models: result,
  };
}

/** p 0 is the undamaged channel; without a layer all are damaged. */
type Condition = { p: number; layer?: number };
/** [condition] of one file. */
type Row = { values: number[]; changed: number; sent: number }[];

async function throughChannel(
  name: string,
  sounds: readonly Audio[],
  { seed, kbps, p, alone }: ChannelOptions,
  onFile: (done: number) => void,
): Promise<ChannelModel> {
  const codec = await createCodec(await readModel(modelFolder(name)), createRuntime(), { threads: 1 });
  const rates = codec.model.quantizer.alphabets.map((alphabets) => layerKbps(codec, alphabets));
  const layers = layersWithin(rates, kbps);
  const conditions = conditionsOf(layers, p, alone);
  const rows: Row[] = [];
  for (const [index, sound] of sounds.entries()) {
    rows.push(await rowOf(codec, sound, layers, conditions, [seed, index]));
    onFile(index + 1);
  }
  await codec.close();
  const { id, config } = codec.model;
  const bareKbps = rates.slice(0, layers).reduce((sum, rate) => sum + rate, 0);
  return { model: id, quantizer: config.quantizer.kind, layers, bareKbps, ...tableOf(conditions, rows) };
}

function conditionsOf(layers: number, p: readonly number[], alone: readonly number[]): Condition[] {
  const numbers = Array.from({ length: layers }, (_, i) => i + 1);
  return [
    { p: 0 },
    ...p.map((each) => ({ p: each })),
    ...alone.flatMap((each) => numbers.map((layer) => ({ p: each, layer }))),
  ];
}

function tableOf(
  conditions: readonly Condition[],
  rows: readonly Row[],
): Pick<ChannelModel, "undamaged" | "all" | "alone"> {
  const [undamaged, ...damage] = conditions.map(({ p, layer }, at) => ({
    layer,
    ...damageOf(
      p,
      rows.map((row) => row[at]!),
    ),
  }));
  return {
    undamaged: undamaged!.measures,
    all: damage.filter(({ layer }) => layer === undefined).map(({ layer, ...each }) => each),
    alone: damage.flatMap(({ layer, ...each }) => (layer === undefined ? [] : [{ layer, ...each }])),
  };
}

async function rowOf(
  codec: Codec,
  sound: Audio,
  layers: number,
  conditions: readonly Condition[],
  keys: [number, number],
): Promise<Row> {
  const inside = resample(sound, codec.model.sampleRate);
  const sent: LayerCodes[][] = [];
  for (const channel of inside.channels) sent.push((await codec.codes(channel)).slice(0, layers));
  const row: Row = [];
  for (const condition of conditions) {
    const arrived = sent.map((codes, channel) => damaged(codec, codes, condition, [...keys, channel]));
    const channels: Float32Array[] = [];
    for (const codes of arrived) channels.push(await codec.synthesize(codes, inside.channels[0]!.length));
    const { length } = sound.channels[0]!;
    const decoded = resample({ ...inside, channels }, sound.sampleRate, { length });
    row.push({ values: measure(sound, decoded), ...changes(sent, arrived, condition) });
  }
  return row;
}

function damaged(
  { model }: Codec,
  codes: readonly LayerCodes[],
  { p, layer }: Condition,
  keys: [number, number, number],
): Int32Array[] {
  return codes.map(({ data }, index) =>
    p === 0 || (layer !== undefined && layer !== index + 1)
      ? data
      : withBitErrors(data, model.quantizer.alphabets[index]!, p, ...keys, index),
  );
}

function changes(sent: readonly LayerCodes[][], arrived: readonly Int32Array[][], { layer }: Condition) {
  const counts = { changed: 0, sent: 0 };
  for (const [channel, layers] of sent.entries()) {
    for (const [index, { data }] of layers.entries()) {
      if (layer !== undefined && layer !== index + 1) continue;
      const other = arrived[channel]![index]!;
      counts.sent += data.length;
      counts.changed += data.filter((code, at) => code !== other[at]).length;
    }
  }
  return counts;
}

function measure(original: Audio, decoded: Audio): number[] {
  return measured.map((metric) => {
    const values = original.channels.map((reference, c) =>
      metric.measure(reference, decoded.channels[c]!, original.sampleRate),
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

function damageOf(p: number, cells: readonly Row[number][]): Damage {
  const total = (of: (cell: Row[number]) => number) => cells.reduce((sum, cell) => sum + of(cell), 0);
  const measures = measured.map(({ name }, i) => [name, meanInterval(cells.map(({ values }) => values[i]!))]);
  return {
    p,
    changed: total(({ changed }) => changed) / total(({ sent }) => sent),
    measures: Object.fromEntries(measures),
  };
}

function layerKbps({ model }: Codec, alphabets: readonly number[]): number {
  const bits = alphabets.reduce((sum, alphabet) => sum + bareBits(alphabet), 0);
  return (bits * model.sampleRate) / model.hop / 1000;
}

function layersWithin(rates: readonly number[], kbps = Number.POSITIVE_INFINITY): number {
  let [layers, sum] = [0, 0];
  while (layers < rates.length && sum + rates[layers]! <= kbps + 1e-9) sum += rates[layers++]!;
  if (layers > 0) return layers;
  throw new NacreError("option", {
    found: `--kbps ${kbps}`,
    expected: `at least ${rates[0]}, what the bare codes of one layer take`,
  });
}

function checkProbabilities(values: readonly number[]): void {
  const wrong = values.find((p) => !(p > 0 && p <= 1));
  if (wrong === undefined) return;
  throw new NacreError("option", { found: `a probability of ${wrong}`, expected: "above 0, at most 1" });
}
