import type { LayerCodebook } from "@nacre/codec";
import type { Audio, Picture } from "@nacre/signal";

/**
 * One layer's codes of one channel.
 *
 * role      a content layer refines the signal; a side layer serves the content layers that need it; alpha is a
 *           picture's coverage, whose codes are its samples
 * grid      counts of codes along each axis: frames first, or rows and columns
 * stride    latent steps per code along each axis of the grid
 * alphabet  codes are 0 .. alphabet - 1
 * data      the codes, [product of grid], last axis fastest
 */
export type LayerCodes = {
  role: "content" | "side" | "alpha";
  grid: number[];
  stride: number[];
  alphabet: number;
  data: Int32Array;
};

/**
 * What inspection looks at: an encoded signal with the means to decode its prefixes. Codec's own functions stand
 * behind it, so inspection has no second implementation of anything.
 */
export type InspectSubject = SoundSubject | PictureSubject;

/**
 * What subjects of all media have.
 *
 * original        what was encoded; without it, quality is null with that reason
 * layers          [layer][channel], in the order of the file; a picture has one channel
 * bytesPerLayer   bytes of the file that belong to each layer, all channels together
 * containerBytes  bytes of the file that belong to no layer: header, chunk heads, checks, footer
 * decode          the signal from the first k content layers, k from 1; of the original's form
 * undecodable     why the first k content layers cannot be decoded alone; where absent, every prefix can
 * latents         of one channel: the encoder's output, [places, dimension], and the sum of the first k content
 *                 layers' vectors in the same order; without it, energy is null with that reason
 * bitMap          where a layer's bits are, counted from 0; without it, bits of a code in its context are null
 * codeLengths     bits of each code of a layer, counted from 0, and channel by the tables that the codec codes it with
 * codebook        entries of a content layer, counted from 0 in the file
 * against         codes of other data by the same model, [layer][channel] in the same order, to measure drift of use
 * variant         the signal decoded another way; of the original's form
 * decoderBlocks   blocks of the decoder that can be left out, absent where it has none of one shape
 * encoderBlocks   the same of the encoder
 * reencoded       the original encoded by the encoder's first blocks alone and decoded as usual
 * blockChanges    for each of the decoder's |state after - state before| / |state before|, norms over the whole signal
 * soundings       codes of a layer, counted from 0 in the file, each decoded alone with all other layers absent
 */
type Subject<Signal> = {
  model: string;
  original?: Signal;
  layers: LayerCodes[][];
  bytesPerLayer: number[];
  containerBytes: number;
  decode(k: number): Promise<Signal>;
  undecodable?(k: number): string | undefined;
  latents?(channel: number): Promise<Latents>;
  bitMap?(layer: number): BitMap;
  codeLengths?(layer: number, channel: number): Float64Array;
  codebook?(layer: number): LayerCodebook;
  against?: LayerCodes[][];
  variant?(variant: Variant): Promise<Signal>;
  decoderBlocks?: number;
  encoderBlocks?: number;
  reencoded?(blocks: number): Promise<Signal>;
  blockChanges?(): Promise<number[]>;
  soundings?(layer: number, codes: readonly PlacedCode[]): Promise<Signal[]>;
};

/** A code at one of the places that a frame or position has codes for, from 0; its only one for vectors. */
export type PlacedCode = { place: number; code: number };

/** Another way to decode the same codes; content layers count from 0. */
export type Variant = {
  /** Content layers that add nothing. */
  without?: readonly number[];
  /** One code that is another: `at` counts in the layer's data. */
  replaced?: { layer: number; channel: number; at: number; code: number };
  /** Blocks of the decoder that are run, from the first; what comes behind them takes what they give. */
  blocks?: number;
};

/**
 * An encoded sound.
 *
 * sampleRate  hertz of `original` and of what `decode` returns
 * duration    seconds
 */
export type SoundSubject = Subject<Audio> & { medium: "audio"; sampleRate: number; duration: number };

/**
 * An encoded picture; sizes are those of the picture.
 *
 * tiles        those that are not stored in layers
 * storedBytes  what they take, their alpha aside; 0 by default
 */
export type PictureSubject = Subject<Picture> &
  Pick<Picture, "width" | "height" | "colour" | "bitDepth"> & {
    medium: "image";
    tiles?: StoredTile[];
    storedBytes?: number;
  };

/** A tile that is stored otherwise, in pixels of the picture. kind: how it is stored, "lossless". */
export type StoredTile = { row: number; column: number; rows: number; columns: number; kind: string };

/**
 * Bits of a layer by place.
 *
 * side  pixels along a side of a place; the last row and column may reach beyond the picture
 * bits  [rows, columns]
 */
export type BitMap = { rows: number; columns: number; side: number; bits: Float32Array };

/** A latent and the sums that approach it; see Subject. */
export type Latents = { latent: Float32Array; prefixes: (k: number) => Float32Array; dimension: number };
