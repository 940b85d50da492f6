import { type RecipeOf, type ResidualVectorRecipe, recipeByName, withSteps } from "@nacre/training";

/** What the table varies; all else is one recipe. */
export type Factors = Pick<ResidualVectorRecipe, "estimator" | "composition" | "update" | "deadBelow">;

/** The names of what is varied. */
export const factors = ["estimator", "composition", "update", "deadBelow"] as const;

/** One row of the table. */
export type Setting = { name: string } & Factors;

/** Entries with less than a tenth of their fair share of a batch of 288 rows over 256 entries. */
const restart = 0.1;

const usual: Factors = {
  estimator: "rotation",
  composition: "per-layer",
  update: "moving-average",
  deadBelow: restart,
};
const straight = { estimator: "straight-through" };
const whole = { composition: "whole" } as const;
const gradient = { update: "gradient" } as const;
const kept = { deadBelow: 0 };

/** Every setting; the first is the one that the others are held against. Adding one is a line here. */
export const settings: readonly Setting[] = [
  { name: "default", ...usual },
  { name: "straight-through", ...usual, ...straight },
  { name: "reflection", ...usual, estimator: "reflection" },
  { name: "rotation-unscaled", ...usual, estimator: "rotation-unscaled" },
  { name: "whole", ...usual, ...whole },
  { name: "gradient", ...usual, ...gradient },
  { name: "no-restart", ...usual, ...kept },
  { name: "straight-through-whole", ...usual, ...straight, ...whole },
  { name: "straight-through-no-restart", ...usual, ...straight, ...kept },
  { name: "gradient-no-restart", ...usual, ...gradient, ...kept },
  { name: "straight-through-gradient-no-restart", ...usual, ...straight, ...gradient, ...kept },
];

/** A setting's name and the one that it is compared with, by the factor in which they differ. */
export type Contrast = { setting: string; from: string; factor: string };

/** Every other setting against the first, and every pair that differs in one factor alone. */
export function contrastsOf(chosen: readonly Setting[]): Contrast[] {
  return chosen.flatMap((from, at) =>
    chosen.slice(at + 1).flatMap((setting) => {
      const different = factors.filter((factor) => setting[factor] !== from[factor]);
      if (at > 0 && different.length > 1) return [];
      return [{ setting: setting.name, from: from.name, factor: different.join(" and ") }];
    }),
  );
}

/** A small codec of the shipped model's family: 6 layers of 256 entries at 150 frames per second, crops of .32 s. */
export function recipeFor(setting: Setting, seed: number, steps: number): RecipeOf<ResidualVectorRecipe> {
  const shipped = recipeByName("speech-24k") as RecipeOf<ResidualVectorRecipe>;
  const small = { dim: 64, blocks: 3, latentDim: 32, window: 480, hop: 160 };
  const { estimator, composition, update, deadBelow } = setting;
  const recipe: RecipeOf<ResidualVectorRecipe> = {
    ...shipped,
    name: "rotation-table",
    description: `The rotation-trick table, ${setting.name}`,
    batch: 6,
    frames: 48,
    seed,
    encoder: { ...shipped.encoder, ...small },
    decoder: { ...shipped.decoder, ...small },
    quantizer: {
      ...shipped.quantizer,
      layers: 6,
      entries: 256,
      estimator,
      composition,
      update,
      deadBelow,
      // Twenty steps' memory, so that an entry that dies is found within a short run.
      decay: 0.95,
    },
    // A long average would still hold the first weights at the end of a short run.
    optimizer: { ...shipped.optimizer, average: 0.98 },
    schedule: { rate: 2e-3, steps, warmup: 50, decay: steps },
    // The shipped weight of the waveform leaves phase to long training, and crops are too short for intelligibility.
    losses: { mel: 1, waveform: 0.25, siSdr: 0, commitment: 0.25 },
  };
  return withSteps(recipe, steps);
}
