import type { Recipe } from "./recipe.js";
import { speech24k } from "./speech-24k.js";

/** All recipes by name; adding one is a file and a line here. */
export const recipes: readonly Recipe[] = [speech24k];
