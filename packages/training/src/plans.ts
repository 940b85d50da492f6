import { picturePlan } from "./pictures/picture-plan.js";
import type { StepPlan } from "./plan.js";
import type { AnyRecipe } from "./recipes/recipe.js";
import { soundPlan } from "./sound/plan.js";

const known = new WeakMap<AnyRecipe, StepPlan>();

/** The plan of a recipe. throws NacreError "option" when its numbers do not fit each other */
export function planOf(recipe: AnyRecipe): StepPlan {
  // Asked for at every step.
  const plan = known.get(recipe) ?? ("medium" in recipe ? picturePlan(recipe) : soundPlan(recipe));
  known.set(recipe, plan);
  return plan;
}
