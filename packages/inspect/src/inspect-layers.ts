import { assert, NacreError } from "@nacre/errors";
import { audioMetrics } from "@nacre/metrics";
import { energyOfPrefixes } from "./energy.js";
import { type LayerReport, type LayerReportRow, layerReportSchema } from "./layer-report.js";
import { finite, improvement, noQuality, quality, type Value } from "./quality.js";
import { codeStatistics } from "./statistics.js";
import type { InspectSubject, LayerCodes } from "./subject.js";

/**
 * progress  called after each decoded prefix, done of total
 * signal    an AbortSignal; between two prefixes its `aborted` ends the work with NacreError "cancelled"
 */
export type InspectOptions = {
  progress?: (done: number, total: number) => void;
  signal?: { readonly aborted: boolean };
};

/**
 * Finds out what each layer costs, carries and does to quality. Decodes every prefix once, one after the other;
 * at most one decoded sound and one channel's latent are held.
 *
 * throws  NacreError "shape" when layers, channels, bytes or decoded sounds do not fit each other, "cancelled"
 *         when the signal is aborted, and whatever `decode` or `latents` throws
 */
export async function inspectLayers(
  subject: InspectSubject,
  options: InspectOptions = {},
): Promise<LayerReport> {
  checkSubject(subject);
  const content = subject.layers.filter((layer) => layer[0]!.role === "content").length;
  const energy = await energyValues(subject, content);
  const qualities = await prefixQualities(subject, content, options);
  let prefix = 0;
  const layers = subject.layers.map((layer, index) => {
    const isContent = layer[0]!.role === "content";
    if (isContent) prefix += 1;
    const carried = isContent ? carriedBy(prefix, energy, qualities) : nothingCarried();
    return layerRow(subject, index, prefix, carried);
  });
  const report = layerReportSchema.safeParse({ ...summary(subject, content), layers });
  assert(report.success, `a layer report fits its schema: ${report.error?.message}`);
  return report.data;
}

/** What a layer carries: its part of the latent and of the quality. */
type Carried = {
  energyExplained: Value;
  energyAdded: Value;
  quality: Map<string, Value>;
  gain: Map<string, Value>;
};

const sideLayer = "a side layer is not decoded on its own; see the content layers after it";

function nothingCarried(): Carried {
  const none: Value = { value: null, reason: sideLayer };
  const measures = noQuality(sideLayer);
  return { energyExplained: none, energyAdded: none, quality: measures, gain: measures };
}

function carriedBy(prefix: number, energy: Value[], qualities: Map<string, Value>[]): Carried {
  const here = energy[prefix - 1]!;
  const before = prefix === 1 ? { value: 0 } : energy[prefix - 2]!;
  const first = noQuality("no content layer comes before");
  return {
    energyExplained: here,
    energyAdded: here.value === null || before.value === null ? here : { value: here.value - before.value },
    quality: qualities[prefix - 1]!,
    gain: prefix === 1 ? first : improvement(qualities[prefix - 2]!, qualities[prefix - 1]!),
  };
}

async function energyValues(subject: InspectSubject, content: number): Promise<Value[]> {
  const channels = subject.layers[0]?.length ?? 0;
  if (!subject.latents) return Array(content).fill({ value: null, reason: "the latents were not given" });
  const shares = await energyOfPrefixes(subject, content, channels);
  return shares.map((share) => finite(share, "the latent has no energy"));
}

async function prefixQualities(
  subject: InspectSubject,
  content: number,
  { progress, signal }: InspectOptions,
): Promise<Map<string, Value>[]> {
  if (!subject.original) return Array(content).fill(noQuality("the original was not given"));
  const qualities: Map<string, Value>[] = [];
  for (let k = 1; k <= content; k++) {
    if (signal?.aborted)
      throw new NacreError("cancelled", `inspection stopped before prefix ${k} of ${content}`);
    qualities.push(quality(subject.original, await subject.decode(k)));
    progress?.(k, content);
  }
  return qualities;
}

function layerRow(subject: InspectSubject, index: number, prefix: number, carried: Carried): LayerReportRow {
  const layer = subject.layers[index]!;
  const { role, grid, stride, alphabet } = layer[0]!;
  const { count, ...statistics } = codeStatistics(
    layer.map((codes) => codes.data),
    alphabet,
  );
  const frames = Math.max(1, grid[0] ?? 1);
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
    index,
    role,
    prefix,
    grid,
    stride,
    alphabet,
    codes: count,
    nominalBitsPerFrame: bits / frames,
    nominalKbps: plain("nominalKbps", perSecond(bits, subject.duration)),
    fileBytes: subject.bytesPerLayer[index]!,
    fileBits,
    kbps: plain("kbps", perSecond(fileBits, subject.duration)),
    ...statistics,
    energyExplained: plain("energyExplained", carried.energyExplained),
    energyAdded: plain("energyAdded", carried.energyAdded),
    quality: record("quality", carried.quality),
    gain: record("gain", carried.gain),
  };
  return { ...row, missing: Object.fromEntries(missing) };
}

function summary(subject: InspectSubject, contentLayers: number): Omit<LayerReport, "layers"> {
  const layerBytes = subject.bytesPerLayer.reduce((sum, bytes) => sum + bytes, 0);
  const bytes = layerBytes + subject.containerBytes;
  return {
    schema: "nacre.layer-report/1",
    model: subject.model,
    medium: subject.medium,
    sampleRate: subject.sampleRate,
    channels: subject.layers[0]?.length ?? subject.original?.channels.length ?? 0,
    duration: subject.duration,
    totals: {
      bytes,
      layerBytes,
      containerBytes: subject.containerBytes,
      containerShare: bytes === 0 ? null : subject.containerBytes / bytes,
      kbps: perSecond(8 * bytes, subject.duration).value,
      contentLayers,
    },
    metrics: audioMetrics.map(({ name, label, short, unit, better }) => ({
      name,
      label,
      short,
      unit,
      better,
    })),
  };
}

function perSecond(bits: number, duration: number): Value {
  return finite(bits / 1000 / duration, "the sound has no duration");
}

function checkSubject({ layers, bytesPerLayer, original, sampleRate }: InspectSubject): void {
  if (bytesPerLayer.length !== layers.length) {
    throw misfit(`bytes for ${bytesPerLayer.length} layers`, `${layers.length}, one count for each layer`);
  }
  const channels = original?.channels.length ?? layers[0]?.length ?? 0;
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
  if (original && original.sampleRate !== sampleRate) {
    throw misfit(`an original at ${original.sampleRate} Hz`, `the subject's ${sampleRate} Hz`);
  }
}

function sameKind(a: LayerCodes, b: LayerCodes): boolean {
  return a.alphabet === b.alphabet && a.role === b.role;
}

function misfit(found: string, expected: string): NacreError {
  return new NacreError("shape", { found, expected });
}
