import { type Recipe, recipes } from "@nacre/training";

type Changes = {
  quantizer?: Partial<Recipe["quantizer"]>;
  optimizer?: Partial<Recipe["optimizer"]>;
  schedule?: Partial<Recipe["schedule"]>;
  losses?: Partial<Recipe["losses"]>;
};

/** The shipped recipe with everything small: a step takes a few milliseconds. */
export function tinyRecipe({ quantizer, optimizer, schedule, losses }: Changes = {}): Recipe {
  const shipped = recipes[0]!;
  const small = { window: 768, hop: 256, dim: 16, blocks: 1, kernel: 3, expansion: 2, latentDim: 8 };
  return {
    ...shipped,
    name: "tiny",
    batch: 2,
    frames: 12,
    encoder: { ...shipped.encoder, ...small },
    decoder: { ...shipped.decoder, ...small },
    quantizer: { ...shipped.quantizer, layers: 3, entries: 16, startEvery: 2, ...quantizer },
    optimizer: { ...shipped.optimizer, ...optimizer },
    schedule: { rate: 3e-3, steps: 20, warmup: 2, decay: 4, ...schedule },
    losses: { ...shipped.losses, ...losses },
  };
}
