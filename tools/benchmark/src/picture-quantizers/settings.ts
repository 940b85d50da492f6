import {
  anyRecipeByName,
  type GroupedPictureRecipe,
  type GroupedVectorRecipe,
  type PictureRecipe,
  type ScalarPictureRecipe,
  withSteps,
} from "@nacre/training";

/** One quantizer that is compared. */
export type Setting = { name: string; quantizer: PictureRecipe["quantizer"] };

const shipped = anyRecipeByName("photo") as ScalarPictureRecipe;
const { layers, spread } = shipped.quantizer;
/** The comparison has its own, so that a change of the shipped recipe does not change what it repeats. */
const fullShare = 0.25;
const distortion = [0.0012, 0.006, 0.025, 0.1];
const latentDim = 64;

/** Eight codes of six bits for 16x16 pixels: .19 bit per pixel a layer before entropy coding. */
const vectors: GroupedVectorRecipe = {
  kind: "residual-vector",
  ...{ layers, fullShare, spread, groups: latentDim / 8, entries: 64, probability: "linear" },
  estimator: "rotation",
  composition: "per-layer",
  update: "moving-average",
  // Fifty steps' memory; a tenth of the fair share of 256 positions a step.
  decay: 0.98,
  deadBelow: 0.2,
  startEvery: 10,
  commitment: 10,
};

/** Every setting; the first is the one that the others are held against. Adding one is a line here. */
export const settings: readonly Setting[] = [
  { name: "residual-scalar", quantizer: { ...shipped.quantizer, fullShare } },
  { name: "residual-vector", quantizer: vectors },
  {
    name: "residual-finite-scalar",
    quantizer: {
      kind: "residual-finite-scalar",
      ...{ layers, fullShare, spread, groups: 1, probability: "linear", commitment: 0 },
      // Three points have one at zero, where most values are; a layer is three times as fine as the last.
      levels: Array<number>(latentDim).fill(3),
      variant: "symmetric",
      convention: "levels",
      estimator: "straight-through",
      range: 3,
    },
  },
  { name: "residual-vector-straight-through", quantizer: { ...vectors, estimator: "straight-through" } },
  { name: "residual-vector-entropy", quantizer: { ...vectors, entropyWeight: 0.5 } },
];

/** A small network of the shipped model's family, the same for every setting. */
export function recipeFor({ name, quantizer }: Setting, seed: number, steps: number): PictureRecipe {
  const { context, ...common } = shipped;
  const sizes = { dim: 64, kernel: 5, expansion: 2, latentDim, sideChannels: 16 };
  const recipe = {
    ...common,
    name: "picture-quantizers",
    description: `The comparison of quantizers of pictures, ${name}`,
    ...{ batch: 4, crop: 128, seed, distortion, structure: 0 },
    encoder: { ...shipped.encoder, ...sizes, blocks: 4, sideDim: 64 },
    decoder: { ...shipped.decoder, ...sizes, blocks: 2, fineDim: 16, fineBlocks: 1 },
    // A long average would still hold the first weights at the end of a short run.
    optimizer: { ...shipped.optimizer, average: 0.98 },
    schedule: { rate: 2e-3, steps, warmup: 50, decay: steps },
  };
  const whole =
    quantizer.kind === "residual-scalar"
      ? ({ ...recipe, quantizer, context } satisfies ScalarPictureRecipe)
      : ({ ...recipe, quantizer } satisfies GroupedPictureRecipe);
  return withSteps<PictureRecipe>(whole, steps);
}
