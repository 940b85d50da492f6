import {
  add,
  argMax,
  concat,
  div,
  gather,
  log,
  max,
  mean,
  mul,
  reduceMin,
  reshape,
  slice,
  split,
  square,
  squeeze,
  stopGradient,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "@nacre/graph";
import { type Composition, composeResidual, estimatorByName } from "@nacre/rotation-trick";
import type { LayerChoice } from "../layer-choice.js";
import { checkTraining, type StackShape } from "./check.js";
import { type CodebookLayer, movingPerplexity, updateLayer } from "./codebook-update.js";
import { layerOf, nearestCodes, squaredDistances } from "./inference.js";

/**
 * What a residual vector stack of L layers with K entries of D values remembers between steps.
 *
 * codebooks  float32 [L, K, D], the entries
 * counts     float32 [L, K], moving number of rows a step sends to each entry
 * sums       float32 [L, K, D], moving sum of these rows (untouched by update "gradient")
 */
export type ResidualVectorState = { codebooks: Tensor; counts: Tensor; sums: Tensor };

/**
 * What the trainer draws for one step.
 *
 * layerMask      float32 [N, L], 1 where the row uses the layer; each row a prefix of ones
 *                (`layerCountMask` makes it)
 * restartOffset  int64 [L], >= 0, any: where in the batch replaced entries begin to be taken from
 * forceRestart   float32 [L], 1 = replace every entry of this layer from this batch (start from data)
 */
export type ResidualVectorDraws = { layerMask: Tensor; restartOffset: Tensor; forceRestart: Tensor };

/**
 * estimator    name in @nacre/rotation-trick
 * composition  how the estimator is laid over the layers
 * update       "moving-average": codebooks follow their rows; "gradient": an optimizer moves them
 *              by `codebookLoss`
 * decay        of counts and sums, 0 .. 1, usually .99
 * deadBelow    entries whose moving count falls below are replaced, 0 (never) .. below 1, since a
 *              replaced entry starts with count 1. The mean count is rows / K: stay well below it.
 * entropyWeight  0 (the default): the nearest entry. Above, entries that are chosen often are preferred, as
 *              entropy-constrained quantization does (Chou, Lookabaugh & Gray 1989, doi 10.1109/29.17498):
 *              the entry of the least |residual - entry|^2 / (2 s^2) - entropyWeight ln p, with p the moving
 *              shares of use and s^2 the mean squared error per value of the nearest entries. At 1 it is the
 *              most likely source of a row that is an entry and noise of that size.
 * pinnedCodes  int64 [N, L], used instead of the search: to compare engines, where a tie may flip
 */
export type ResidualVectorOptions = {
  estimator: string;
  composition: Composition;
  update: "moving-average" | "gradient";
  decay: number;
  deadBelow: number;
  entropyWeight?: number;
  pinnedCodes?: Tensor;
};

/**
 * quantized     [N, D], exactly the sum of the used entries in layer order; gradient to the latent
 *               by the estimator
 * codes         int64 [N, L], of every layer, used or not
 * choices       [L], what each layer chose among, for what its codes cost
 * commitment    scalar, mean over used (row, layer) of |residual - sg(entry)|^2 / D; its gradient
 *               reaches the latent at every layer
 * codebookLoss  scalar, mean over used (row, layer) of |sg(residual) - entry|^2 / D; its gradient
 *               goes to state.codebooks. For update "gradient".
 * nextState     with update "gradient" its codebooks are the old ones with replaced entries: apply
 *               the optimizer, then put where(replaced, nextState.codebooks, optimized)
 * replaced      bool [L, K, 1], entries replaced in this step, dead or forced
 * telemetry     float32 [L] each: perplexity of the moving counts (1 .. K), entries replaced as dead
 *               or forced, mean squared error per value after the layer over the rows that use it
 */
export type ResidualVectorStep = {
  quantized: Tensor;
  codes: Tensor;
  choices: LayerChoice[];
  commitment: Tensor;
  codebookLoss: Tensor;
  nextState: ResidualVectorState;
  replaced: Tensor;
  telemetry: { perplexity: Tensor; dead: Tensor; quantizationError: Tensor };
};

type LayerPass = CodebookLayer & { entry: Tensor };

/**
 * Residual vector quantization with its codebook update, as one step of a training graph.
 *
 * Layer l searches the residual latent - sg(sum of lower entries); all layers are searched for all
 * rows, the mask decides what counts in the output, the losses and the update.
 *
 * Start from data: begin with zero codebooks and counts of 1 (`initialResidualVectorState`), force
 * ONE layer per step, from the first to the last, and better some steps apart. Forcing all at once
 * would fill every layer with the whole latent. A batch of N < K rows fills a layer with
 * repeated rows; ties go to the lowest index, so the repetitions starve and are replaced later.
 *
 * latent   float32 [N, D]
 * throws   NacreError "shape" when shapes or types do not fit, "option" for values out of range
 *
 * Zeghidour et al. 2021, arXiv 2107.03312 (residual stack, moving average, restart from the batch).
 */
export function residualVectorGraph(
  latent: Tensor,
  state: ResidualVectorState,
  draws: ResidualVectorDraws,
  options: ResidualVectorOptions,
): ResidualVectorStep {
  const shape = checkTraining(latent, state, draws, options);
  const estimator = estimatorByName(options.estimator);
  const passes = searchLayers(latent, state, draws, options, shape);
  const entries = passes.map((pass) => stopGradient(pass.entry));
  const masks = passes.map((pass) => pass.mask);
  const errors = passes.map(({ residual, mask }, layer) => usedError(residual, entries[layer]!, mask));
  const pulls = passes.map(({ residual, entry, mask }) => usedError(stopGradient(residual), entry, mask));
  const updates = passes.map((pass, layer) => updateLayer(pass, draws, layer, options));
  const stack = (part: (update: (typeof updates)[number]) => Tensor) =>
    concat(
      updates.map((update) => unsqueeze(part(update), [0])),
      0,
    );
  return {
    quantized: composeResidual(estimator, options.composition, latent, entries, masks),
    codes: concat(
      passes.map((pass) => unsqueeze(pass.codes, [1])),
      1,
    ),
    choices: passes.map(choiceOf),
    commitment: meanOverUsed(errors, draws.layerMask, shape.dimension),
    codebookLoss: meanOverUsed(pulls, draws.layerMask, shape.dimension),
    nextState: {
      codebooks: stack((update) => update.codebook),
      counts: stack((update) => update.counts),
      sums: stack((update) => update.sums),
    },
    replaced: stack((update) => unsqueeze(update.replaced, [1])),
    telemetry: {
      perplexity: concat(
        updates.map((update) => reshape(movingPerplexity(update.moving), [1])),
        0,
      ),
      dead: concat(
        updates.map((update) => reshape(update.replacedCount, [1])),
        0,
      ),
      quantizationError: concat(
        errors.map((error, layer) => reshape(meanOverUsed([error], masks[layer]!, shape.dimension), [1])),
        0,
      ),
    },
  };
}

function searchLayers(
  latent: Tensor,
  state: ResidualVectorState,
  draws: ResidualVectorDraws,
  options: ResidualVectorOptions,
  { layers }: StackShape,
): LayerPass[] {
  const masks = layers === 1 ? [draws.layerMask] : split(draws.layerMask, Array(layers).fill(1), 1);
  const passes: LayerPass[] = [];
  let lower: Tensor | undefined;
  for (let layer = 0; layer < layers; layer++) {
    const codebook = layerOf(state.codebooks, layer);
    // The plain lower entries, detached. Estimated ones would bring the latent's own gradient along
    // and cancel it: no commitment beyond the first layer.
    const residual = lower ? sub(latent, stopGradient(lower)) : latent;
    const counts = layerOf(state.counts, layer);
    const codes = options.pinnedCodes
      ? squeeze(slice(options.pinnedCodes, 1, layer, layer + 1), [1])
      : chosenCodes(stopGradient(residual), stopGradient(codebook), counts, options.entropyWeight ?? 0);
    const entry = gather(codebook, codes, 0);
    lower = lower ? add(lower, entry) : entry;
    passes.push({
      residual,
      codes,
      entry,
      mask: masks[layer]!,
      codebook,
      counts,
      sums: layerOf(state.sums, layer),
    });
  }
  return passes;
}

function chosenCodes(rows: Tensor, codebook: Tensor, counts: Tensor, entropyWeight: number): Tensor {
  if (entropyWeight === 0) return nearestCodes(rows, codebook);
  const distances = squaredDistances(rows, codebook);
  const noise = div(mean(reduceMin(distances, [1])), rows.shape[1]!);
  // An entry without a count could never be chosen again.
  const smoothed = add(counts, 1e-3);
  const favour = mul(log(div(smoothed, sum(smoothed))), entropyWeight);
  return argMax(sub(favour, div(distances, max(mul(noise, 2), 1e-12))), 1);
}

function choiceOf({ residual, codes, entry, codebook }: LayerPass): LayerChoice {
  const [rows, entries] = [residual.shape[0]!, codebook.shape[0]!];
  return {
    codes: reshape(codes, [rows, 1]),
    point: stopGradient(entry),
    distances: reshape(squaredDistances(residual, stopGradient(codebook)), [rows, 1, entries]),
  };
}

/** Sum over the rows that use the layer of |a - b|^2; mask [N, 1]. */
function usedError(a: Tensor, b: Tensor, mask: Tensor): Tensor {
  return sum(mul(sum(square(sub(a, b)), [1], true), mask));
}

function meanOverUsed(errors: readonly Tensor[], mask: Tensor, dimension: number): Tensor {
  const total = errors.reduce((a, b) => add(a, b));
  return div(total, mul(max(sum(mask), 1), dimension));
}
