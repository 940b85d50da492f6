import { join, resolve } from "node:path";
import { NacreError } from "@nacre/errors";
import { anyRecipeByName, buildStep, initialState, loadCheckpoint, saveCheckpoint } from "@nacre/training";

export type MixOptions = { folder: string; with: string; share: number; out: string };

/**
 * Writes a checkpoint between two of one run: every value (1 - share) times this run's and share times the other's.
 * Weights of one path of training may be mixed, and what lies between two ends that favour one measure each is often
 * better than a straight line between what they reach (Wortsman et al., Model soups, 2022). Moments are mixed as well, so
 * that the run can go on.
 */
export async function mix(name: string, { folder, with: other, share, out }: MixOptions): Promise<void> {
  if (!(share > 0 && share < 1)) {
    throw new NacreError("option", { found: `--share ${share}`, expected: "a number between 0 and 1" });
  }
  const recipe = anyRecipeByName(name);
  const graph = buildStep(recipe);
  const own = initialState(recipe, graph);
  const theirs = initialState(recipe, graph);
  const progress = await loadCheckpoint(
    join(resolve(folder, name), "checkpoint.safetensors"),
    recipe,
    graph,
    own,
  );
  await loadCheckpoint(resolve(other), recipe, graph, theirs);
  const mixed = Object.fromEntries(
    Object.entries(own).map(([array, values]) => {
      const others = theirs[array]!;
      return [array, values.map((value, at) => (1 - share) * value + share * others[at]!)];
    }),
  );
  await saveCheckpoint(resolve(out), recipe, graph, mixed, progress);
  console.log(`${name} of step ${progress.step}, mixed, stands in ${out}`);
}
