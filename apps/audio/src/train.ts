import { type Fact, type Task, type TrainRequest, trainingTask } from "@nacre/cli";
import { readModel } from "@nacre/codec/node";
import { modelFolder } from "@nacre/nacre";
import { readRecipe, recipes, trainFolder } from "@nacre/training";

/** Trains a model on a user's own sounds. */
export async function trainSounds(
  { recipe, from, ...request }: TrainRequest,
  task: Task,
): Promise<{ folder: string; facts: Fact[] }> {
  const { facts, ...around } = trainingTask(task);
  const { folder, step } = await trainFolder({
    ...request,
    ...around,
    ...(recipe === undefined ? {} : { recipe: await readRecipe(recipe, recipes) }),
    ...(from === undefined ? {} : { from: await readModel(modelFolder(from, "audio")) }),
  });
  return { folder, facts: facts(step) };
}
