import { NacreError } from "@nacre/errors";
import type { Recipe } from "../recipes/recipe.js";
import { factorisedScalarTraining } from "./factorised-finite-scalar.js";
import type { QuantizerTraining } from "./quantizer-training.js";
import { finiteScalarTraining } from "./residual-finite-scalar.js";
import { residualVectorTraining } from "./residual-vector.js";

/** Every kind of quantizer that can be trained; adding one is a file and a line here. */
export const quantizerTrainings = [
  residualVectorTraining,
  finiteScalarTraining,
  factorisedScalarTraining,
] as const;

/** A recipe's quantizer, told apart by `kind`. */
export type QuantizerRecipe = OptionsOf<(typeof quantizerTrainings)[number]>;

type OptionsOf<Training> = Training extends QuantizerTraining<infer Options> ? Options : never;

/** How a recipe's quantizer is trained. throws NacreError "option" for an unknown kind */
export function trainingOf({
  quantizer: { kind },
}: Pick<Recipe, "quantizer">): QuantizerTraining<QuantizerRecipe> {
  const found = quantizerTrainings.find((each) => each.kind === kind);
  if (found) return found as QuantizerTraining<QuantizerRecipe>;
  throw new NacreError("option", {
    found: `a recipe with a quantizer of kind "${kind}"`,
    expected: quantizerTrainings.map((each) => each.kind).join(" or "),
  });
}
