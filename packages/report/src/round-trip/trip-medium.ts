import type { LayerCodes, LayerReport, Value } from "@nacre/inspect";
import type { RoundTripMedia, RoundTripReport } from "./schema.js";

/** A file as it is read: by its path where it has one, else by its bytes. */
export type TripSource = { name: string; path?: string; bytes(): AsyncIterable<Uint8Array> };

/** One setting of a baseline on one signal: `through` is there and back, of the signal's own form. */
export type Trial<Signal> = { setting: string; through(): Promise<{ decoded: Signal; bytes: number }> };

/**
 * A codec that the model is held against.
 *
 * version  of the program behind it; throws NacreError where it is not installed
 * trials   at the codec's own settings, or those that come nearest to the rates asked for. throws NacreError for a
 *          signal that the codec does not take
 */
export type Baseline<Signal> = {
  name: string;
  version(): Promise<string>;
  trials(signal: Signal, rates: readonly number[] | undefined): Trial<Signal>[];
};

/** A decoded signal as a file that a browser shows or plays. */
export type Specimen = Pick<RoundTripMedia, "kind" | "gain"> & {
  ending: string;
  type: string;
  bytes: Uint8Array;
};

/**
 * What round trips need to know of a medium.
 *
 * chief     name of the measure that decides which files are worst and which BD-rate stands for all
 * extent    what bits are divided by to be a rate in rateUnit; 0 for a signal of no length
 * facts     of a signal, for people
 * measure   every measure of a decoded signal, as inspection takes them
 * specimen  the signal for a browser; with the original a gain that makes the two equally loud
 */
export type TripMedium<Signal> = Pick<RoundTripReport, "medium" | "rateUnit" | "measures"> & {
  chief: string;
  baselines: readonly Baseline<Signal>[];
  read(source: TripSource): Promise<Signal>;
  extent(signal: Signal): number;
  facts(signal: Signal): Record<string, number | string>;
  measure(original: Signal, decoded: Signal): Map<string, Value>;
  specimen(signal: Signal, original?: Signal): Promise<Specimen>;
};

/**
 * The model's part, by its own functions.
 *
 * encode  with every content layer
 * layers  what inspection finds in the file, measured against the original
 * codes   [layer][channel], without alpha, in the order of the file
 * decode  of the first `layers` content layers, all by default
 * trim    the file with so many content layers
 * atRate  a file of that rate within what the encoder can do; absent where only a prefix of layers can meet a rate
 */
export type TripCoder<Signal> = {
  model: { id: string; version: number; decodeHash: string };
  encode(signal: Signal): Promise<Uint8Array>;
  layers(file: Uint8Array, original: Signal): Promise<LayerReport>;
  codes(file: Uint8Array): Promise<LayerCodes[][]>;
  decode(file: Uint8Array, layers?: number): Promise<Signal>;
  trim(file: Uint8Array, layers: number): Uint8Array;
  atRate?(signal: Signal, rate: number): Promise<Uint8Array>;
};
