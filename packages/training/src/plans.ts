import { picturePlan } from "./pictures/picture-plan.js";
import type { StepPlan } from "./plan.js";
import type { AnyRecipe } from "./recipes/recipe.js";
import { soundPlan } from "./sound/plan.js";
import { filmPlan } from "./video/film-plan.js";

const known = new WeakMap<AnyRecipe, StepPlan>();

/** The plan of a recipe. throws NacreError "option" when its numbers do not fit each other */
export function planOf(recipe: AnyRecipe): StepPlan {
  // Asked for at every step.
  const plan = known.get(recipe) ?? madePlan(recipe);
  known.set(recipe, plan);
  return plan;
}

function madePlan(recipe: AnyRecipe): StepPlan {
  if (!("medium" in recipe)) return soundPlan(recipe);
  return recipe.medium === "picture" ? picturePlan(recipe) : filmPlan(recipe);
}
