import { NacreError } from "@nacre/errors";
import type { PictureRecipe } from "../pictures/picture-recipe.js";
import type { FilmRecipe } from "../video/film-recipe.js";
import { film } from "./film.js";
import { general24k } from "./general-24k.js";
import { photo } from "./photo.js";
import type { AnyRecipe, Recipe } from "./recipe.js";
import { speech24k } from "./speech-24k.js";
import { speech24kFsq } from "./speech-24k-fsq.js";
import { speech24kFsqFactorised } from "./speech-24k-fsq-factorised.js";

/** All recipes of sound by name; adding one is a file and a line here. */
export const recipes: readonly Recipe[] = [speech24k, speech24kFsq, speech24kFsqFactorised, general24k];

/** All recipes of pictures. */
export const pictureRecipes: readonly PictureRecipe[] = [photo];

/** All recipes of predicted frames. */
export const filmRecipes: readonly FilmRecipe[] = [film];

/** The recipe of sound of that name. throws NacreError "option" when there is none */
export function recipeByName(name: string): Recipe {
  return recipeAmong(name, recipes);
}

/** The recipe of that name, of any medium. throws NacreError "option" when there is none */
export function anyRecipeByName(name: string): AnyRecipe {
  return recipeAmong<AnyRecipe>(name, [...recipes, ...pictureRecipes, ...filmRecipes]);
}

/** The recipe of that name among some. throws NacreError "option" when there is none */
export function recipeAmong<R extends { name: string }>(name: string, among: readonly R[]): R {
  const found = among.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new NacreError("option", {
    found: `recipe "${name}"`,
    expected: `one of ${among.map((recipe) => recipe.name).join(", ")}`,
  });
}
