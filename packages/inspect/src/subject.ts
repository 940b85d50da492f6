import type { Audio } from "@nacre/signal";

/**
 * One layer's codes of one channel.
 *
 * role      a content layer refines the signal; a side layer serves the content layers that need it
 * grid      counts of codes along each axis, frames first
 * stride    latent steps per code along each axis of the grid
 * alphabet  codes are 0 .. alphabet - 1
 * data      the codes, [product of grid], last axis fastest
 */
export type LayerCodes = {
  role: "content" | "side";
  grid: number[];
  stride: number[];
  alphabet: number;
  data: Int32Array;
};

/**
 * What inspection looks at: an encoded sound with the means to decode its prefixes. Codec's own functions stand
 * behind it, so inspection has no second implementation of anything.
 *
 * sampleRate      hertz of `original` and of what `decode` returns
 * original        what was encoded; without it, quality is null with that reason
 * layers          [layer][channel], in the order of the file
 * bytesPerLayer   bytes of the file that belong to each layer, all channels together
 * containerBytes  bytes of the file that belong to no layer: header, chunk heads, checks, footer
 * duration        seconds
 * decode          the sound from the first k content layers, k from 1; as many samples and channels as original
 * latents         of one channel: the encoder's output, [frames, dimension], and the sum of the first k content
 *                 layers' vectors in the same order; without it, energy is null with that reason
 */
export type InspectSubject = {
  model: string;
  medium: "audio";
  sampleRate: number;
  original?: Audio;
  layers: LayerCodes[][];
  bytesPerLayer: number[];
  containerBytes: number;
  duration: number;
  decode(k: number): Promise<Audio>;
  latents?(channel: number): Promise<Latents>;
};

/** A latent and the sums that approach it; see InspectSubject. */
export type Latents = { latent: Float32Array; prefixes: (k: number) => Float32Array; dimension: number };
