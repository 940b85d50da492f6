import type { Tensor } from "@nacre/graph";
import type { Architecture, BlockChain, Parameters, ReceptiveField } from "./network.js";

/** What the config of a picture network costs and promises, computed from the config alone. */
export type PictureDescription = {
  /**
   * Positions of the latent that the network sees beside a position's own, alike on both axes: past to
   * the left and above, future to the right and below. Side values are seen by whole cells: a position
   * sees the cells that these positions lie in, and side values see what the positions of their cell see.
   */
  receptiveField: ReceptiveField;
  /** Multiply-adds of matrix products and convolutions for one pixel, side values included. */
  multiplyAddsPerPixel: number;
  /** Trained values. */
  parameterCount: number;
  /** Pixels along a side of one position of the latent. */
  patch: number;
  /** Positions along a side of one cell of side values; pictures are whole cells high and wide. */
  cell: number;
  /** Channels C of the latent. */
  latentDim: number;
  /** Channels Z of the side values. */
  sideChannels: number;
};

/**
 * What stands between the picture networks.
 *
 * latent  [B, height / patch, width / patch, C]
 * side    [B, height / patch / cell, width / patch / cell, Z]
 */
export type PictureLatent = { latent: Tensor; side: Tensor };

/** What a decoder is given: `depth` [B, layers + 1] is one-hot, how many content layers the latent sums. */
export type PictureDecoderInput = PictureLatent & { depth: Tensor };

/**
 * Pictures [B, 3, height, width], float32, RGB as stored / 255 - 0.5, to the latent before quantization
 * and the side values before rounding.
 *
 * Beyond the edges every kernel sees zeros; who cuts a large picture into tiles gives context round
 * each, in whole cells, and drops what comes of it.
 */
export type PictureEncoder<C> = Architecture<C, PictureDescription> & {
  /**
   * Builds the graph.
   * throws NacreError "shape" unless the picture is whole cells high and wide, "model" when a parameter
   * is missing
   */
  forward(config: C, parameters: Parameters, picture: Tensor): PictureLatent;
  /** Absent where a network has no such blocks. */
  readonly blocks?: BlockChain<C>;
};

/** Quantized latent less its mean, rounded side values and depth to pictures in the encoder's range, not clipped to it. */
export type PictureDecoder<C> = Architecture<C, PictureDescription & { layers: number }> & {
  /**
   * Builds the graph; returns [B, 3, height, width].
   * throws NacreError "shape" when inputs do not fit the config or each other, "model" when a parameter
   * is missing
   */
  forward(config: C, parameters: Parameters, input: PictureDecoderInput): Tensor;

  /**
   * What the side values tell of the latent: subtracted before it is quantized, and added again by `forward`
   * (the mean of Minnen et al. 2018, arXiv 1809.02736, section 3).
   *
   * side     [B, height / patch / cell, width / patch / cell, Z], whole numbers
   * returns  [B, height / patch, width / patch, C]
   */
  mean(config: C, parameters: Parameters, side: Tensor): Tensor;

  /** Those at the latent's own size; absent where a network has no such blocks. */
  readonly blocks?: BlockChain<C, PictureDecoderInput>;
};
