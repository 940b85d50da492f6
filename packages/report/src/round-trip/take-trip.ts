import { stat } from "node:fs/promises";
import { isNacreError, NacreError } from "@nacre/errors";
import { histogram, type LayerCodes, type LayerReport, type Value } from "@nacre/inspect";
import type { RoundTripPoint } from "./schema.js";
import type { Trip, TripLayer } from "./trip.js";
import type { Baseline, TripCoder, TripMedium, TripSource } from "./trip-medium.js";

/**
 * What a trip is to hold.
 *
 * against  names of baselines
 * rates    in the medium's unit, of whole files; absent: every prefix, and the settings of each baseline
 */
export type TripRequest = { against: readonly string[]; rates?: readonly number[] };

/**
 * Takes one file through the model at every prefix, or at the rates asked for, and through the baselines.
 *
 * throws  NacreError "media" for a file that cannot be read or has no extent, and what the model throws; what a
 *         baseline throws becomes the file's reason to be without it
 */
export async function takeTrip<Signal>(
  medium: TripMedium<Signal>,
  coder: TripCoder<Signal>,
  source: TripSource,
  request: TripRequest,
): Promise<Trip> {
  const signal = await medium.read(source);
  if (!(medium.extent(signal) > 0)) throw noExtent(source);
  const file = await coder.encode(signal);
  const report = await coder.layers(file, signal);
  const points = await modelPoints(medium, coder, { signal, file, report }, request.rates);
  const without: Record<string, string> = {};
  for (const name of request.against) {
    const baseline = medium.baselines.find((each) => each.name === name)!;
    const found = await baselinePoints(medium, baseline, signal, request.rates);
    if (typeof found === "string") without[name] = found;
    else points.push(...found);
  }
  return {
    file: {
      ...{ name: source.name, bytes: await sizeOf(source), facts: medium.facts(signal), points },
      ...(Object.keys(without).length > 0 && { without }),
    },
    layers: tripLayers(report, await coder.codes(file)),
  };
}

/** A signal, its file with every layer, and what inspection found in it. */
type Coded<Signal> = { signal: Signal; file: Uint8Array; report: LayerReport };

async function modelPoints<Signal>(
  medium: TripMedium<Signal>,
  coder: TripCoder<Signal>,
  coded: Coded<Signal>,
  rates: readonly number[] | undefined,
): Promise<RoundTripPoint[]> {
  const { signal, file, report } = coded;
  if (rates && coder.atRate) return ratePoints(medium, coder, signal, rates);
  const prefixes = report.layers
    .filter(({ role }) => role === "content")
    .map((layer) => {
      const bytes = coder.trim(file, layer.prefix).length;
      const values = new Map(medium.measures.map(({ name }) => [name, measuredValue(layer, name)]));
      const setting = layer.prefix === 1 ? "1 layer" : `${layer.prefix} layers`;
      const head = { contender: coder.model.id, setting, layers: layer.prefix, bytes };
      return pointOf(medium, signal, head, values);
    });
  return rates ? fitting(prefixes, rates) : prefixes;
}

/** A rate that the model cannot meet has no point. */
async function ratePoints<Signal>(
  medium: TripMedium<Signal>,
  coder: TripCoder<Signal>,
  signal: Signal,
  rates: readonly number[],
): Promise<RoundTripPoint[]> {
  const points: RoundTripPoint[] = [];
  for (const rate of rates) {
    const file = await coder.atRate!(signal, rate).catch(unmet);
    if (!file) continue;
    const head = { contender: coder.model.id, setting: `${rate} ${medium.rateUnit}`, bytes: file.length };
    points.push(pointOf(medium, signal, head, medium.measure(signal, await coder.decode(file))));
  }
  return points;
}

function unmet(error: unknown): undefined {
  if (isNacreError(error) && error.code === "option") return undefined;
  throw error;
}

/** For each rate the largest prefix that takes no more. */
function fitting(prefixes: RoundTripPoint[], rates: readonly number[]): RoundTripPoint[] {
  const chosen = rates.map((most) => prefixes.findLast(({ rate }) => rate <= most));
  return prefixes.filter((point) => chosen.includes(point));
}

async function baselinePoints<Signal>(
  medium: TripMedium<Signal>,
  { name, trials }: Baseline<Signal>,
  signal: Signal,
  rates: readonly number[] | undefined,
): Promise<RoundTripPoint[] | string> {
  try {
    const points: RoundTripPoint[] = [];
    for (const { setting, through } of trials(signal, rates)) {
      const { decoded, bytes } = await through();
      const head = { contender: name, setting, bytes };
      points.push(pointOf(medium, signal, head, medium.measure(signal, decoded)));
    }
    return points;
  } catch (error) {
    if (isNacreError(error)) return error.message;
    throw error;
  }
}

function pointOf<Signal>(
  { extent }: TripMedium<Signal>,
  signal: Signal,
  head: Pick<RoundTripPoint, "contender" | "setting" | "layers" | "bytes">,
  measures: Map<string, Value>,
): RoundTripPoint {
  const values: Record<string, number | null> = {};
  const missing: Record<string, string> = {};
  for (const [name, value] of measures) {
    values[name] = value.value;
    if (value.value === null) missing[name] = `failed: ${value.reason}`;
  }
  return { ...head, rate: (8 * head.bytes) / extent(signal), values, missing };
}

function measuredValue({ quality, missing }: LayerReport["layers"][number], name: string): Value {
  const value = quality[name] ?? null;
  return value === null ? { value, reason: missing[`quality.${name}`] ?? "it was not taken" } : { value };
}

/** What each layer did; alpha, which is kept without loss, is none of them. */
function tripLayers(report: LayerReport, codes: readonly LayerCodes[][]): TripLayer[] {
  const rows = report.layers.filter((layer) => layer.role !== "alpha");
  return rows.map(({ role, prefix, alphabet, rate, energyAdded, quality, gain, missing }, at) => ({
    ...{ role: role as "content" | "side", prefix, alphabet, rate, energyAdded, quality, gain },
    missing: Object.fromEntries(
      Object.entries(missing).filter(([field]) => /^(rate|energyAdded|quality\.\w+|gain\.\w+)$/.test(field)),
    ),
    uses: usesOf(codes[at]!, alphabet),
  }));
}

function usesOf(layer: LayerCodes[], alphabet: number): number[] {
  const counts = histogram(
    layer.map(({ data }) => data),
    alphabet,
  );
  return [...counts].flatMap((count, code) => (count === 0 ? [] : [code, count]));
}

async function sizeOf({ path }: TripSource): Promise<number> {
  return path === undefined ? 0 : (await stat(path)).size;
}

function noExtent({ name }: TripSource): NacreError {
  return new NacreError("media", { found: `${name} has no samples`, expected: "something to code" });
}
