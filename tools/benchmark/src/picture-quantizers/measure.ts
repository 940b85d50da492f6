import { NacreError } from "@nacre/errors";
import { codeStatistics } from "@nacre/inspect";
import { createRuntime } from "@nacre/runtime/node";
import {
  type MeasuredCrops,
  measureCrops,
  type PictureCorpus,
  type PictureRecipe,
  validationCrops,
} from "@nacre/training";
import { type FinishedRun, type OnStep, type RunNews, seededRuns } from "../seeded-runs.js";
import { trainToEnd } from "../train-to-end.js";
import { recipeFor, type Setting } from "./settings.js";

/** Crops of held pictures that every model is measured on, drawn from the seed. */
export type HeldCrops = { items: number; seed: number };

/**
 * corpus  packed, with held pictures
 * folder, settings, seeds, steps, finished  as `seededRuns` has them
 */
export type QuantizerRuns = {
  corpus: PictureCorpus;
  folder: string;
  settings: readonly Setting[];
  seeds: number;
  steps: number;
  held: HeldCrops;
  threads: number;
  finished: boolean;
  onNews: (news: RunNews) => void;
};

/**
 * Numbers of one trained model by name. Of layer or prefix k (1 .. L):
 *
 * bpp.k, psnr.k  of the first k layers of held crops: estimated bit per pixel, side codes included, and dB
 * usage.k        share of a layer's entries that occur, perplexity.k 2^entropy of its codes: means over its groups
 *                or channels; absent for scalars with learned steps, which have no entries to count
 * skipped        steps without finite numbers
 * milliseconds   of a training step, the mean; other work on the machine counts too
 */
export type Figures = Record<string, number>;

/**
 * Trains and measures every setting with every seed.
 *
 * throws  NacreError "option" when the folder holds a run of another recipe, "media" when no held picture is as
 *         large as a crop, "runtime" when a training diverges
 */
export function measureQuantizers({
  corpus,
  held,
  threads,
  ...options
}: QuantizerRuns): Promise<FinishedRun[]> {
  const { steps } = options;
  return seededRuns({
    ...options,
    decides: (setting, seed) => ({ recipe: recipeFor(setting, seed, steps), held }),
    train: (setting, seed, onStep) =>
      trainAndMeasure(recipeFor(setting, seed, steps), { corpus, held, threads, onStep }),
  });
}

async function trainAndMeasure(
  recipe: PictureRecipe,
  {
    corpus,
    held,
    threads,
    onStep,
  }: Pick<QuantizerRuns, "corpus" | "held" | "threads"> & {
    onStep: OnStep;
  },
): Promise<Figures> {
  const runtime = createRuntime({ worker: false });
  const pictures = heldCrops(corpus, held, recipe.crop);
  const begun = performance.now();
  const { weights, skipped } = await trainToEnd(recipe, corpus, { runtime, threads, onStep });
  const milliseconds = (performance.now() - begun) / recipe.schedule.steps;
  const measured = await measureCrops(recipe, weights, pictures, runtime);
  return { ...figuresOf(measured, recipe), skipped, milliseconds };
}

/** Crops of the corpus' validation part. throws NacreError "media" when it has none of that size */
export function heldCrops(corpus: PictureCorpus, { items, seed }: HeldCrops, size: number): Float32Array {
  if (!corpus.validation.some(({ width, height }) => Math.min(width, height) >= size)) {
    throw new NacreError("media", {
      found: `a corpus whose validation part has no picture of ${size} pixels`,
      expected: "held pictures",
      mend: "pack a corpus with a validation part",
    });
  }
  const pictures = new Float32Array(items * 3 * size ** 2);
  validationCrops(corpus, seed, size, pictures);
  return pictures;
}

/** Numbers of measured crops by name. */
export function figuresOf(
  { points, codes }: MeasuredCrops,
  recipe: Pick<PictureRecipe, "quantizer" | "encoder">,
): Figures {
  const figures: Figures = {};
  for (const { layers, bpp, psnr } of points) {
    figures[`bpp.${layers}`] = bpp;
    figures[`psnr.${layers}`] = psnr;
  }
  const shape = entriesOf(recipe);
  if (!shape) return figures;
  for (const [layer, all] of codes.entries()) {
    const each = Array.from({ length: shape.codes }, (_, at) =>
      codeStatistics(
        all.filter((_, i) => i % shape.codes === at),
        shape.entries,
      ),
    );
    figures[`usage.${layer + 1}`] = mean(each.map(({ usage }) => usage));
    figures[`perplexity.${layer + 1}`] = mean(each.map(({ perplexity }) => perplexity));
  }
  return figures;
}

/** Codes of a position in a layer, and the alphabet of each. */
function entriesOf({ quantizer, encoder }: Pick<PictureRecipe, "quantizer" | "encoder">) {
  if (quantizer.kind === "residual-scalar") return undefined;
  if (quantizer.kind === "residual-vector") return { codes: quantizer.groups, entries: quantizer.entries };
  return { codes: encoder.latentDim, entries: quantizer.levels[0]! };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
