import type { StepPlan } from "./plan.js";
import type { Recipe } from "./recipes/recipe.js";
import { soundPlan } from "./sound/plan.js";

const known = new WeakMap<Recipe, StepPlan>();

/** The plan of a recipe. throws NacreError "option" when its numbers do not fit each other */
export function planOf(recipe: Recipe): StepPlan {
  // Asked for at every step.
  const plan = known.get(recipe) ?? soundPlan(recipe);
  known.set(recipe, plan);
  return plan;
}
