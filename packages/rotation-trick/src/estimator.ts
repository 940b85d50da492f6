import type { Tensor } from "@nacre/graph";

/**
 * Largest factor |q|/|e| by which a scaling estimator lengthens a gradient. The paper leaves the
 * factor free; it grows without bound as e nears 0, and one such row then rules the whole step.
 */
export const gainLimit = 4;

/** Euclidean norm below which a row of e or q has no direction: its gradient passes unchanged. */
export const tinyNorm = 1e-6;

/**
 * How near to -1 (rotation) or +1 (reflection) the cosine of e and q may come before the map is
 * replaced: there the plane of the rotation, or the mirror of the reflection, hangs on rounding.
 */
export const cosineMargin = 1e-4;

/**
 * A gradient estimator over pairs of rows: e is what went into a quantizer, q what came out.
 *
 * Each estimator is, row by row, one linear map M(e, q) from small moves of e to moves of q. The
 * map counts as frozen: nothing differentiates through e and q inside M. All arrays are row-major
 * [n, d], all answers are new arrays.
 */
export type Estimator = {
  /** Name in recipes and models. */
  readonly name: string;
  /**
   * Graph form. e, q float32 [N, D]; the value is q bit for bit, the gradient goes to e alone and
   * is M^T times the gradient that arrives.
   * throws NacreError "shape" unless e and q are float32 of one shape [N, D]
   */
  estimate(e: Tensor, q: Tensor): Tensor;
  /**
   * Array form of the gradient, M^T g per row. e, q, g [n, d]
   * throws NacreError "shape" when a length is not n * d
   */
  vjp(e: Float32Array, q: Float32Array, g: Float32Array, n: number, d: number): Float32Array;
  /**
   * Moves of q that follow moves v of e, M v per row. e, q, v [n, d]
   * throws NacreError "shape" when a length is not n * d
   */
  jvp(e: Float32Array, q: Float32Array, v: Float32Array, n: number, d: number): Float32Array;
};
