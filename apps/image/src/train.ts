import { type Fact, type Task, type TrainRequest, trainingTask } from "@nacre/cli";
import { NacreError } from "@nacre/errors";
import { pictureRecipes, readRecipe, trainFolder } from "@nacre/training";

/** Trains a model on a user's own pictures. */
export async function trainPictures(
  { recipe: named, from, ...request }: TrainRequest,
  task: Task,
): Promise<{ folder: string; facts: Fact[] }> {
  if (from !== undefined) {
    throw new NacreError("option", {
      found: `--from ${from}`,
      expected: "training from nothing, since models of pictures cannot be begun from yet",
      mend: "leave --from away; a run that was stopped goes on by itself",
    });
  }
  const { facts, ...around } = trainingTask(task);
  const recipe = named === undefined ? pictureRecipes[0]! : await readRecipe(named, pictureRecipes);
  const { folder, step } = await trainFolder({ ...request, ...around, recipe });
  return { folder, facts: facts(step) };
}
