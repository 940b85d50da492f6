import { checkAugmentation } from "../augmentation/check.js";
import { melScales } from "../losses/mel.js";
import { trainingOf } from "../quantizers/quantizers.js";
import type { Recipe } from "./recipe.js";
import { refuseUnless } from "./refuse.js";

/**
 * Samples at the end of a crop that no loss sees: the last windows overlap frames that a crop does not
 * have, and their fade is not the network's to mend. 1024 cover it and keep every mel hop a divisor.
 */
export const edge = 1024;

/** throws NacreError "option" when a recipe's numbers do not fit each other */
export function checkRecipe(recipe: Recipe): void {
  const { batch, frames, encoder, decoder } = recipe;
  const longest = Math.max(...melScales.map(({ window }) => window));
  const judged = frames * encoder.hop - edge;
  refuseUnless(Number.isInteger(batch) && batch > 0, `batch ${batch}`, "a whole number of at least 1");
  refuseUnless(
    judged >= longest && judged % (longest / 4) === 0,
    `${frames} frames of ${encoder.hop} samples`,
    `${edge} samples and ${longest} or more, in steps of ${longest / 4}`,
  );
  for (const name of ["sampleRate", "hop", "latentDim"] as const) {
    const [mine, other] = [encoder[name], decoder[name]];
    refuseUnless(mine === other, `${name} ${mine} in the encoder and ${other} in the decoder`, "one value");
  }
  checkAugmentation(recipe.augment ?? {}, encoder.sampleRate);
  trainingOf(recipe).check(recipe);
}
