/**
 * The types of the signals that rooms hand to each other. No code: a sound read by `media` is the
 * sound that `codec` encodes, `metrics` measures and `report` draws.
 */

/**
 * A whole sound in memory.
 *
 * sampleRate  hertz
 * channels    one array per channel, all of the same length, nominal range -1 .. 1
 */
export type Audio = { sampleRate: number; channels: Float32Array[] };

/**
 * A sound read piece by piece, so that memory is bounded by the block and not by the file.
 *
 * length  samples per channel where it is known beforehand (not from a pipe)
 * blocks  each one array per channel, all of one length >= 1; any number of blocks, also none
 */
export type AudioStream = {
  sampleRate: number;
  channelCount: number;
  length?: number;
  blocks: AsyncIterable<Float32Array[]>;
};

/** One stream out of a sound in memory. */
export type AudioSource = Audio | AudioStream;
