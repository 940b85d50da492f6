import { readFile } from "node:fs/promises";
import { NacreError } from "@nacre/errors";
import { recipeAmong } from "./recipes/index.js";
import type { AnyRecipe } from "./recipes/recipe.js";

/**
 * A recipe by its name, or one of the user's own out of a file.
 *
 * recipe  a name, or the path of a .json file
 * among   the medium's shipped recipes; a recipe of the user's own has the parts of the first
 * throws  NacreError "io" when the file cannot be read, "option" for an unknown name, or a file in which a part is missing
 *         or of another kind; whether its numbers fit each other is for training to say
 */
export async function readRecipe<R extends AnyRecipe>(recipe: string, among: readonly R[]): Promise<R> {
  if (!recipe.endsWith(".json")) return recipeAmong(recipe, among);
  const text = await readFile(recipe, "utf8").catch((cause: unknown) => {
    throw new NacreError(
      "io",
      { found: `${recipe} cannot be read`, expected: "a recipe as JSON" },
      { cause },
    );
  });
  const read = parsed(recipe, text);
  const fault = difference(read, among[0], "recipe");
  if (fault)
    throw new NacreError("option", {
      found: `${recipe} whose ${fault}`,
      mend: "start from a shipped recipe",
    });
  return read as R;
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NacreError(
      "option",
      { found: `${path} that is not JSON`, expected: "a recipe as JSON" },
      { cause },
    );
  }
}

/** The first part of `value` that is missing or not of the kind it has in `model`. */
function difference(value: unknown, model: unknown, name: string): string | undefined {
  if (typeof model !== "object" || model === null) {
    return typeof value === typeof model
      ? undefined
      : `${name} is ${kind(value)}, expected a ${typeof model}`;
  }
  if (Array.isArray(model)) return differenceOfLists(value, model, name);
  if (typeof value !== "object" || value === null) return `${name} is ${kind(value)}, expected an object`;
  for (const [key, part] of Object.entries(model)) {
    const fault = difference((value as Record<string, unknown>)[key], part, key);
    if (fault) return fault;
  }
  return undefined;
}

// Lists may be of any length, as there may be any number of layers.
function differenceOfLists(value: unknown, model: readonly unknown[], name: string): string | undefined {
  if (!Array.isArray(value)) return `${name} is ${kind(value)}, expected a list`;
  const faults = value.map((part, at) => difference(part, model[0], `${name} ${at + 1}`));
  return faults.find((fault) => fault !== undefined);
}

function kind(value: unknown): string {
  return value === undefined ? "missing" : value === null ? "null" : `a ${typeof value}`;
}
