import { readFile } from "node:fs/promises";
import type { Fact, Task, TrainRequest } from "@nacre/cli";
import { readModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";
import { modelFolder } from "@nacre/nacre";
import { type Recipe, recipes, type TrainingNews, trainFolder } from "@nacre/training";

/** Trains a model on a user's own sounds. */
export async function trainSounds(
  { recipe, from, ...request }: TrainRequest,
  task: Task,
): Promise<{ folder: string; facts: Fact[] }> {
  let seconds = 0;
  const { folder, step } = await trainFolder({
    ...request,
    ...(recipe === undefined ? {} : { recipe: recipe.endsWith(".json") ? await readRecipe(recipe) : recipe }),
    ...(from === undefined ? {} : { from: await readModel(modelFolder(from)) }),
    signal: task.signal,
    onPack: (done, total) => task.progress(`${done} of ${total} files packed`, done, total),
    onNews: (news) => {
      seconds = news.seconds;
      task.progress(newsLine(news), news.step, news.steps);
    },
  });
  const facts = [
    { name: "steps", value: step, text: `${step} steps` },
    { name: "trainingSeconds", value: seconds, text: `${Math.round(seconds)} s of training` },
  ];
  return { folder, facts };
}

/**
 * A recipe of the user's own.
 *
 * throws  NacreError "io" when it cannot be read, "option" when a part is missing or of another kind than in the
 *         shipped recipes; whether its numbers fit each other is for training to say
 */
export async function readRecipe(path: string): Promise<Recipe> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new NacreError("io", { found: `${path} cannot be read`, expected: "a recipe as JSON" }, { cause });
  });
  const recipe = parsed(path, text);
  const fault = difference(recipe, recipes[0], "recipe");
  if (fault)
    throw new NacreError("option", { found: `${path} whose ${fault}`, mend: "start from a shipped recipe" });
  return recipe as Recipe;
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
  if (typeof value !== "object" || value === null) return `${name} is ${kind(value)}, expected an object`;
  for (const [key, part] of Object.entries(model)) {
    const fault = difference((value as Record<string, unknown>)[key], part, key);
    if (fault) return fault;
  }
  return undefined;
}

function kind(value: unknown): string {
  return value === undefined ? "missing" : value === null ? "null" : `a ${typeof value}`;
}

function newsLine({ step, steps, secondsLeft }: TrainingNews): string {
  const left = secondsLeft < 90 ? `${Math.round(secondsLeft)} s` : `${Math.round(secondsLeft / 60)} min`;
  return `step ${step} of ${steps}, about ${left} left`;
}
