import { NacreError } from "@nacre/errors";

/**
 * The share of a latent's energy that a sum of layers explains: 1 - |z - sum|^2 / |z|^2. 1 is all, 0 is as much as
 * nothing at all, below 0 is worse than nothing; for a latent of zeros NaN,
 * or -Infinity when the sum is not zero too.
 *
 * latent, prefix  the same shape, any order
 * throws          NacreError "shape" when lengths differ
 */
export function energyExplained(latent: Float32Array, prefix: Float32Array): number {
  const { whole, left } = energies(latent, prefix);
  return 1 - left / whole;
}

/** Energy of a latent, and of what a sum of layers leaves of it. throws NacreError "shape" when lengths differ */
export function energies(latent: Float32Array, prefix: Float32Array): { whole: number; left: number } {
  if (latent.length !== prefix.length) {
    throw new NacreError("shape", {
      found: `a sum of layers has ${prefix.length} values`,
      expected: `${latent.length} as in the latent`,
    });
  }
  let [whole, left] = [0, 0];
  for (let i = 0; i < latent.length; i++) {
    whole += latent[i]! ** 2;
    left += (latent[i]! - prefix[i]!) ** 2;
  }
  return { whole, left };
}
