import {
  type FactorisedFiniteScalarRecipe,
  type Recipe,
  type RecipeOf,
  type ResidualFiniteScalarRecipe,
  type ResidualVectorRecipe,
  recipeByName,
} from "@nacre/training";

type Changes<Quantizer> = {
  quantizer?: Partial<Quantizer>;
  optimizer?: Partial<Recipe["optimizer"]>;
  schedule?: Partial<Recipe["schedule"]>;
  losses?: Partial<Recipe["losses"]>;
};

const small = { window: 768, hop: 256, dim: 16, blocks: 1, kernel: 3, expansion: 2, latentDim: 8 };

/** The shipped recipe with everything small: a step takes a few milliseconds. */
export function tinyRecipe(changes: Changes<ResidualVectorRecipe> = {}): RecipeOf<ResidualVectorRecipe> {
  const shipped = recipeByName("speech-24k") as RecipeOf<ResidualVectorRecipe>;
  const quantizer = { ...shipped.quantizer, layers: 3, entries: 16, startEvery: 2 };
  return shrunk({ ...shipped, quantizer }, changes);
}

/** The same with finite scalars: eight channels of two or three levels. */
export function tinyScalarRecipe(
  changes: Changes<ResidualFiniteScalarRecipe> = {},
): RecipeOf<ResidualFiniteScalarRecipe> {
  const shipped = recipeByName("speech-24k-fsq") as RecipeOf<ResidualFiniteScalarRecipe>;
  const quantizer = { ...shipped.quantizer, layers: 3, levels: [3, 3, 2, 2, 2, 3, 2, 2] };
  return shrunk({ ...shipped, quantizer }, changes);
}

/** The same behind maps: five channels of two or three levels a layer. */
export function tinyFactorisedRecipe(
  changes: Changes<FactorisedFiniteScalarRecipe> = {},
): RecipeOf<FactorisedFiniteScalarRecipe> {
  const shipped = recipeByName("speech-24k-fsq-factorised") as RecipeOf<FactorisedFiniteScalarRecipe>;
  const quantizer = { ...shipped.quantizer, layers: 3, levels: [2, 2, 3, 2, 2] };
  return shrunk({ ...shipped, quantizer }, changes);
}

function shrunk<Quantizer>(
  recipe: RecipeOf<Quantizer>,
  { quantizer, optimizer, schedule, losses }: Changes<Quantizer>,
): RecipeOf<Quantizer> {
  return {
    ...recipe,
    name: "tiny",
    batch: 2,
    frames: 12,
    encoder: { ...recipe.encoder, ...small },
    decoder: { ...recipe.decoder, ...small },
    quantizer: { ...recipe.quantizer, ...quantizer },
    optimizer: { ...recipe.optimizer, ...optimizer },
    schedule: { rate: 3e-3, steps: 20, warmup: 2, decay: 4, ...schedule },
    // Its crops are too short for intelligibility.
    losses: { ...recipe.losses, waveform: 0.015, intelligibility: 0, ...losses },
  };
}
