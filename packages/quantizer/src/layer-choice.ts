import type { Tensor } from "@nacre/graph";

/**
 * One layer's choice among its entries, used or not.
 *
 * codes      int64 [N, P], P codes a row
 * point      float32 [N, D], what they stand for, detached
 * distances  float32 [N, P, K], squared, of what the layer sees from each of its entries; their gradient goes
 *            to the latent alone
 */
export type LayerChoice = { codes: Tensor; point: Tensor; distances: Tensor };
