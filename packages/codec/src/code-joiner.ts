import type { Geometry } from "./engine.js";
import { type InnerWindow, innerWindows } from "./inner-windows.js";
import { codesPerFrame, strideOf } from "./layer-symbols.js";
import type { Model } from "./model.js";

/** One channel's codes for the decoder, context included; `frames` of the chunk, `first` frames in, hold sound. */
export type CodeWindow = { codes: Int32Array; first: number; frames: number };

/** Takes chunks, gives windows with context on both sides as soon as they are complete. */
export type CodeJoiner = {
  /** chunkOf [channel][layer], codes of any number of frames; returns [window][channel] */
  add(chunkOf: readonly (readonly Int32Array[])[]): CodeWindow[][];
  /** The last windows, filled up with silence. */
  finish(): CodeWindow[][];
};

/**
 * Joins chunks to windows of one fixed size; the codes of silence stand beyond both ends, unless the decoder has
 * ends of its own.
 *
 * used  layers that the chunks have
 */
export function codeJoiner(model: Model, used: number, channels: number, geometry: Geometry): CodeJoiner {
  if (geometry.decoderInner) return innerJoiner(model, used, channels, geometry);
  const { chunk, decoderPast, decoderFuture } = geometry;
  const silence = Int32Array.from(model.config.silence.slice(0, used * codesPerFrame(model)));
  const width = silence.length;
  const quiet = (frames: number) => repeated(silence, frames);
  let rows = Array.from({ length: channels }, () => quiet(decoderPast));
  const take = (frames: number): CodeWindow[] => {
    const size = (decoderPast + chunk + decoderFuture) * width;
    const window = rows.map((codes) => ({ codes: codes.slice(0, size), first: decoderPast, frames }));
    rows = rows.map((codes) => codes.slice(chunk * width));
    return window;
  };
  const held = () => rows[0]!.length / width - decoderPast;
  return {
    add(chunkOf) {
      rows = rows.map((codes, channel) => joined(codes, interleave(chunkOf[channel]!, width / used)));
      const windows: CodeWindow[][] = [];
      while (held() >= chunk + decoderFuture) windows.push(take(chunk));
      return windows;
    },
    finish() {
      const windows: CodeWindow[][] = [];
      for (let left = held(); left > 0; left -= chunk) {
        const missing = Math.max(0, chunk + decoderFuture - held());
        rows = rows.map((codes) => joined(codes, quiet(missing)));
        windows.push(take(Math.min(chunk, left)));
      }
      return windows;
    },
  };
}

function innerJoiner(
  model: Model,
  used: number,
  channels: number,
  { chunk, decoderPast, decoderFuture }: Geometry,
): CodeJoiner {
  const places = codesPerFrame(model);
  const strides = Array.from({ length: used }, (_, layer) => strideOf(model, layer));
  const windows = innerWindows<Int32Array>((n) => new Int32Array(n), channels, used * places, {
    past: decoderPast,
    chunk,
    future: decoderFuture,
    together: model.framesTogether,
  });
  const perChannel = (window: InnerWindow<Int32Array>) =>
    window.channels.map((codes) => ({ codes, first: window.first, frames: window.frames }));
  return {
    add: (chunkOf) =>
      windows.add(chunkOf.map((layers) => interleave(layers, places, strides))).map(perChannel),
    finish: () => windows.finish().map(perChannel),
  };
}

/** [frames, layers * places] as a network gives it, to [layer][frames / stride * places]. */
export function columns(model: Model, codes: Int32Array, frames: number): Int32Array[] {
  const { layers } = model.quantizer;
  const places = codesPerFrame(model);
  return Array.from({ length: layers }, (_, layer) => {
    const stride = strideOf(model, layer);
    const column = new Int32Array((frames / stride) * places);
    for (let row = 0; row < frames / stride; row++) {
      const from = (row * stride * layers + layer) * places;
      column.set(codes.subarray(from, from + places), row * places);
    }
    return column;
  });
}

/** The way back, strides 1 by default: [layer][frames / stride * places] to [frames, layers * places]. */
export function interleave(
  layers: readonly Int32Array[],
  places: number,
  strides: readonly number[] = [],
): Int32Array {
  const frames = (layers[0]!.length / places) * (strides[0] ?? 1);
  const rows = new Int32Array(layers.length * frames * places);
  for (const [layer, codes] of layers.entries()) {
    const stride = strides[layer] ?? 1;
    for (let frame = 0; frame < frames; frame++) {
      const from = Math.floor(frame / stride) * places;
      rows.set(codes.subarray(from, from + places), (frame * layers.length + layer) * places);
    }
  }
  return rows;
}

function repeated(row: Int32Array, frames: number): Int32Array {
  const rows = new Int32Array(frames * row.length);
  for (let frame = 0; frame < frames; frame++) rows.set(row, frame * row.length);
  return rows;
}

function joined(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
