import { assert, NacreError } from "@nacre/errors";
import {
  type LayerReport,
  type LayerReportRow,
  layerReportSchema,
  type PictureReport,
  type SoundReport,
} from "./layer-report.js";
import { type LatentPass, latentPass } from "./measures/latent-sample.js";
import { isComputed, type Measure } from "./measures/measure.js";
import { measuresOf } from "./measures/measures.js";
import { type Taken, takeMeasures } from "./measures/take-measures.js";
import { type MediumView, mediumView } from "./medium-view.js";
import { finite, improvement, noQuality, type Value } from "./quality.js";
import { codeStatistics, conditionalEntropy } from "./statistics.js";
import type { InspectSubject, LayerCodes, PictureSubject, SoundSubject } from "./subject.js";

/**
 * measures  names of the registry, all that are cheap ("cheap", the default) or every one ("all")
 * seed      of what is drawn: sampled rows, flipped bits; 1 by default
 * draws     flipped bits of each layer for its sensitivity, one to a decoding; 8 by default
 * progress  called after each decoded prefix, done of total; in a costly measure before each part, with its title
 * signal    an AbortSignal; between two decodings its `aborted` ends the work with NacreError "cancelled"
 */
export type InspectOptions = {
  measures?: readonly string[] | "cheap" | "all";
  seed?: number;
  draws?: number;
  progress?: (done: number, total: number, measure?: string) => void;
  signal?: { readonly aborted: boolean };
};

/**
 * Finds out what each layer costs, carries and does to quality. Decodes every prefix once, one after the other;
 * at most one decoded signal and one channel's latent are held. Costly measures decode more often.
 *
 * throws  NacreError "option" for a measure that there is not, "shape" when layers, channels, bytes or decoded signals
 *         do not fit each other, "cancelled" when the signal is aborted, and whatever `decode` or `latents` throws
 */
export function inspectLayers(subject: SoundSubject, options?: InspectOptions): Promise<SoundReport>;
export function inspectLayers(subject: PictureSubject, options?: InspectOptions): Promise<PictureReport>;
export function inspectLayers(subject: InspectSubject, options?: InspectOptions): Promise<LayerReport>;
export async function inspectLayers(
  subject: InspectSubject,
  options: InspectOptions = {},
): Promise<LayerReport> {
  const chosen = measuresOf(options.measures ?? "cheap");
  const view = mediumView(subject);
  checkSubject(subject, view);
  const content = [...subject.layers.keys()].filter((index) => subject.layers[index]![0]!.role === "content");
  const pass = latentsOnce(subject, content.length, view, options);
  const energy = await energyValues(subject, content.length, has(chosen, "energy") ? pass : undefined);
  const qualities = await prefixQualities(view, content.length, asked(chosen), options);
  const taken = await takeMeasures(chosen.filter(isComputed), { subject, view }, ({ title }) => ({
    ...{ subject, view, content, seed: options.seed ?? 1, draws: options.draws ?? 8 },
    latents: async () => (await pass()).sample,
    full: async () => (has(chosen, "quality") ? qualities.at(-1)! : view.qualityOf!(content.length)),
    step: (done, total) => stepDone(options, done, total, title),
  }));
  let prefix = 0;
  const layers = subject.layers.map((layer, index) => {
    const { role } = layer[0]!;
    if (role === "content") prefix += 1;
    const carried =
      role === "content" ? carriedBy(view, prefix, energy, qualities) : nothingCarried(view, role);
    return layerRow(subject, view, index, prefix, carried, taken.layers[index]!);
  });
  const head = summary(subject, view, content.length);
  const { whole, missing } = taken;
  const measures = chosen.map((measure) => described(measure, view));
  const report = layerReportSchema.safeParse({ ...head, measures, layers, whole, missing });
  assert(report.success, `a layer report fits its schema: ${report.error?.message}`);
  return report.data;
}

function has(chosen: readonly Measure[], name: string): boolean {
  return chosen.some((each) => each.name === name);
}

/** Whether quality of every prefix is needed. */
function asked(chosen: readonly Measure[]): boolean {
  return ["quality", "gain", "loss"].some((name) => has(chosen, name));
}

/** The pass over all latents, made when it is first needed. */
function latentsOnce(
  subject: InspectSubject,
  content: number,
  { channels }: MediumView,
  { seed = 1 }: InspectOptions,
): () => Promise<LatentPass> {
  let made: Promise<LatentPass> | undefined;
  return () => {
    made ??= latentPass(subject, content, channels, seed);
    return made;
  };
}

/** What the report tells of a measure. */
function described(measure: Measure, { metrics }: MediumView): LayerReport["measures"][number] {
  const { name, title, unit, cost, page } = measure;
  const card = { name, title, unit, cost, page };
  if (!isComputed(measure)) return { ...card, rows: [...measure.rows], fields: [] };
  const { fields, index } = measure;
  const named =
    fields === "metrics" ? metrics.map(({ name, short, unit }) => ({ name, label: short, unit })) : fields;
  return { ...card, rows: [], fields: [...named], ...(index && { index }) };
}

function stepDone({ progress, signal }: InspectOptions, done: number, total: number, title: string): void {
  if (signal?.aborted) throw new NacreError("cancelled", `inspection stopped at "${title}"`);
  progress?.(done, total, title);
}

/** What a layer carries: its part of the latent and of the quality. */
type Carried = {
  energyExplained: Value;
  energyAdded: Value;
  quality: Map<string, Value>;
  gain: Map<string, Value>;
  loss: Map<string, Value>;
};

const notAlone = {
  side: "a side layer is not decoded on its own; see the content layers after it",
  alpha: "alpha is kept without loss and no part of the colours",
};

function nothingCarried({ metrics }: MediumView, role: "side" | "alpha"): Carried {
  const none: Value = { value: null, reason: notAlone[role] };
  const measures = noQuality(metrics, notAlone[role]);
  return { energyExplained: none, energyAdded: none, quality: measures, gain: measures, loss: measures };
}

function carriedBy(
  { metrics }: MediumView,
  prefix: number,
  energy: Value[],
  qualities: Map<string, Value>[],
): Carried {
  const here = energy[prefix - 1]!;
  const before = prefix === 1 ? { value: 0 } : energy[prefix - 2]!;
  const base = {
    energyExplained: here,
    energyAdded: here.value === null || before.value === null ? here : { value: here.value - before.value },
    quality: qualities[prefix - 1]!,
  };
  if (prefix === 1) {
    const gain = noQuality(metrics, "no content layer comes before");
    return { ...base, gain, loss: noQuality(metrics, "without the first content layer nothing is decoded") };
  }
  const left = qualities[prefix - 2]!;
  return {
    ...base,
    gain: improvement(metrics, left, qualities[prefix - 1]!),
    loss: improvement(metrics, left, qualities.at(-1)!),
  };
}

const notAsked = "it was not asked for";

async function energyValues(
  subject: InspectSubject,
  content: number,
  pass: (() => Promise<LatentPass>) | undefined,
): Promise<Value[]> {
  const none = (reason: string): Value[] => Array(content).fill({ value: null, reason });
  if (!subject.latents) return none("the latents were not given");
  if (!pass) return none(notAsked);
  return (await pass()).explained.map((share) => finite(share, "the latent has no energy"));
}

async function prefixQualities(
  { metrics, qualityOf }: MediumView,
  content: number,
  isAsked: boolean,
  { progress, signal }: InspectOptions,
): Promise<Map<string, Value>[]> {
  if (!qualityOf) return Array(content).fill(noQuality(metrics, "the original was not given"));
  if (!isAsked) return Array(content).fill(noQuality(metrics, notAsked));
  const qualities: Map<string, Value>[] = [];
  for (let k = 1; k <= content; k++) {
    if (signal?.aborted)
      throw new NacreError("cancelled", `inspection stopped before prefix ${k} of ${content}`);
    qualities.push(await qualityOf(k));
    progress?.(k, content);
  }
  return qualities;
}

function layerRow(
  subject: InspectSubject,
  view: MediumView,
  index: number,
  prefix: number,
  carried: Carried,
  { measures, missing: reasons }: Taken["layers"][number],
): LayerReportRow {
  const layer = subject.layers[index]!;
  const { role, grid, stride, alphabet } = layer[0]!;
  const { count, ...statistics } = codeStatistics(
    layer.map((codes) => codes.data),
    alphabet,
  );
  const places = Math.max(
    1,
    grid.slice(0, view.placeAxes).reduce((product, length) => product * length, 1),
  );
  const fileBits = 8 * subject.bytesPerLayer[index]!;
  const bits = count * Math.log2(alphabet);
  const missing = new Map<string, string>();
  const plain = (field: string, value: Value) => {
    if (value.value === null) missing.set(field, value.reason);
    return value.value;
  };
  const record = (field: string, values: Map<string, Value>) =>
    Object.fromEntries([...values].map(([name, value]) => [name, plain(`${field}.${name}`, value)]));
  const row = {
    ...{ index, role, prefix, grid, stride, alphabet, codes: count },
    nominalBitsPerPlace: bits / places,
    nominalRate: plain("nominalRate", rateOf(view, bits)),
    fileBytes: subject.bytesPerLayer[index]!,
    fileBits,
    rate: plain("rate", rateOf(view, fileBits)),
    ...statistics,
    conditionalEntropyBits: plain("conditionalEntropyBits", conditionalValue(subject, index)),
    contextBits: plain("contextBits", contextValue(subject, index, count)),
    energyExplained: plain("energyExplained", carried.energyExplained),
    energyAdded: plain("energyAdded", carried.energyAdded),
    quality: record("quality", carried.quality),
    gain: record("gain", carried.gain),
    loss: record("loss", carried.loss),
    measures,
  };
  return { ...row, missing: { ...Object.fromEntries(missing), ...reasons } };
}

function conditionalValue({ layers }: InspectSubject, index: number): Value {
  const own = layers[index]!;
  if (own[0]!.role !== "content") return { value: null, reason: "only content layers have one below" };
  const below = layers.slice(0, index).findLast((layer) => layer[0]!.role === "content");
  if (!below) return { value: null, reason: "no content layer comes before" };
  const [codes, known] = [own, below].map((layer) => layer.map(({ data }) => data));
  if (codes!.some(({ length }, channel) => length !== known![channel]!.length)) {
    return { value: null, reason: "the layer below has another grid" };
  }
  return finite(
    conditionalEntropy(codes!, known!),
    "there are fewer than ten codes for each pair of codes that occurs",
  );
}

function contextValue({ bitMap }: InspectSubject, index: number, codes: number): Value {
  if (!bitMap) return { value: null, reason: "bits by place were not given" };
  const total = bitMap(index).bits.reduce((sum, bits) => sum + bits, 0);
  return finite(total / codes, "the layer has no codes");
}

function summary(subject: InspectSubject, view: MediumView, contentLayers: number) {
  const layerBytes = subject.bytesPerLayer.reduce((sum, bytes) => sum + bytes, 0);
  const bytes = layerBytes + view.storedBytes + subject.containerBytes;
  return {
    schema: "nacre.layer-report/3",
    model: subject.model,
    ...view.facts,
    totals: {
      bytes,
      layerBytes,
      containerBytes: subject.containerBytes,
      containerShare: bytes === 0 ? null : subject.containerBytes / bytes,
      rate: rateOf(view, 8 * bytes).value,
      contentLayers,
    },
    metrics: view.metrics.map(({ name, label, short, unit, better }) => ({
      ...{ name, label, short, unit, better },
    })),
  };
}

function rateOf({ extent, noExtent }: MediumView, bits: number): Value {
  return finite(bits / extent, noExtent);
}

function checkSubject({ layers, bytesPerLayer }: InspectSubject, { channels }: MediumView): void {
  if (bytesPerLayer.length !== layers.length) {
    throw misfit(`bytes for ${bytesPerLayer.length} layers`, `${layers.length}, one count for each layer`);
  }
  for (const [index, layer] of layers.entries()) {
    if (layer.length !== channels || channels === 0) {
      throw misfit(`${layer.length} channels in layer ${index}`, `${Math.max(1, channels)}`);
    }
    if (!layer.every((codes) => sameKind(codes, layer[0]!))) {
      throw misfit(
        `channels of different alphabet or role in layer ${index}`,
        "one alphabet and role a layer",
      );
    }
  }
}

function sameKind(a: LayerCodes, b: LayerCodes): boolean {
  return a.alphabet === b.alphabet && a.role === b.role;
}

function misfit(found: string, expected: string): NacreError {
  return new NacreError("shape", { found, expected });
}
