import { NacreError } from "@nacre/errors";
import { general24k } from "./general-24k.js";
import type { Recipe } from "./recipe.js";
import { speech24k } from "./speech-24k.js";
import { speech24kFsq } from "./speech-24k-fsq.js";

/** All recipes by name; adding one is a file and a line here. */
export const recipes: readonly Recipe[] = [speech24k, speech24kFsq, general24k];

/** The recipe of that name. throws NacreError "option" when there is none */
export function recipeByName(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new NacreError("option", {
    found: `recipe "${name}"`,
    expected: `one of ${recipes.map((recipe) => recipe.name).join(", ")}`,
  });
}
