import { initialValues } from "@nacre/blocks";
import { cast, type Tensor, zeros } from "@nacre/graph";
import { initialResidualVectorState, type ResidualVectorStep, residualVectorGraph } from "@nacre/quantizer";
import { codebooksByGradient } from "../codebooks.js";
import { refuseUnless } from "../recipes/refuse.js";
import type {
  LayerOptions,
  QuantizerInputs,
  QuantizerOwner,
  QuantizerTraining,
} from "./quantizer-training.js";

/** A stack of codebooks, as a recipe has it. */
export type ResidualVectorRecipe = LayerOptions & {
  kind: "residual-vector";
  entries: number;
  estimator: string;
  composition: "per-layer" | "whole";
  /**
   * "moving-average": entries follow the rows that choose them. "gradient": the optimizer moves them
   * along the codebook loss, and the model gets their average, as it does of all weights.
   */
  update: "moving-average" | "gradient";
  /** Of the moving averages: of counts, and of entries that follow their rows. */
  decay: number;
  /** Entries with a moving count below this are replaced from the batch; 0 never replaces one. */
  deadBelow: number;
  /** How much often chosen entries are preferred in training, see `residualVectorGraph`; the nearest when absent. */
  entropyWeight?: number;
  /** Steps between the layers' starts from data; 0 for none: a run that takes a model's codebooks. */
  startEvery: number;
};

type Owner = QuantizerOwner<ResidualVectorRecipe>;

/** Trains codebooks; telemetry counts entries by their moving use. */
export const residualVectorTraining: QuantizerTraining<ResidualVectorRecipe> = {
  kind: "residual-vector",
  check({ quantizer: { update } }) {
    const updates = ["moving-average", "gradient"];
    refuseUnless(updates.includes(update), `codebook update "${update}"`, updates.join(" or "));
  },
  parameters: () => [],
  stateArrays({ quantizer: { layers, entries, update }, encoder }) {
    const kept = update === "gradient" ? ["first", "second", "average"] : ["sums"];
    const books = [layers, entries, encoder.latentDim];
    return [
      { name: "quantizer.codebooks", shape: books },
      { name: "quantizer.counts", shape: [layers, entries] },
      ...kept.map((kind) => ({ name: `quantizer.${kind}`, shape: [...books] })),
    ];
  },
  initialState(recipe) {
    const { layers, entries, update } = recipe.quantizer;
    const { codebooks, counts } = initialResidualVectorState(layers, entries, recipe.encoder.latentDim);
    // With all entries at zero the decoder's norms would see constant rows, and slopes beyond float32.
    codebooks.set(firstEntries(recipe));
    return {
      "quantizer.codebooks": codebooks,
      "quantizer.counts": counts,
      ...(update === "gradient" ? { "quantizer.average": codebooks } : {}),
    };
  },
  fields: ({ quantizer: { layers } }) => ({ restartOffset: layers, forceRestart: layers }),
  draws: ({ quantizer: { startEvery } }, step, random) => ({
    restartOffset: () => Math.floor(random() * 65536),
    forceRestart: (layer) => (startEvery > 0 && step === layer * startEvery + 1 ? 1 : 0),
  }),
  pass(recipe, inputs) {
    const step = stepOf(recipe, inputs);
    const byGradient = recipe.quantizer.update === "gradient";
    return {
      quantized: step.quantized,
      choices: step.choices,
      losses: [
        { name: "commitment", value: step.commitment, weight: recipe.losses.commitment },
        ...(byGradient ? [{ value: step.codebookLoss, weight: 1 }] : []),
      ],
      moved: byGradient ? [inputs.state["quantizer.codebooks"]!] : [],
      next: ([slope]) => (slope ? movedByOptimizer(recipe, inputs, step, slope) : movedByRows(step)),
      telemetry: step.telemetry,
    };
  },
  // Codebooks that follow their rows are an average already.
  tensors: (values) => ({
    "quantizer.codebooks": values["quantizer.average"] ?? values["quantizer.codebooks"]!,
  }),
  // A count of 1 makes an entry its own moving average; what really chooses it soon takes over.
  stateOf({ quantizer: { layers, entries, update }, encoder }, tensors) {
    const codebooks = lengthened(tensors["quantizer.codebooks"]!, layers, entries * encoder.latentDim);
    return {
      "quantizer.codebooks": codebooks,
      "quantizer.counts": new Float32Array(layers * entries).fill(1),
      ...(update === "gradient" ? { "quantizer.average": codebooks } : { "quantizer.sums": codebooks }),
    };
  },
  config: ({ quantizer: { kind, layers, entries }, encoder }) => ({
    kind,
    layers,
    entries,
    dimension: encoder.latentDim,
  }),
};

function stepOf(
  { quantizer, encoder }: Owner,
  { latent, layerMask, state, field, codes }: QuantizerInputs,
): ResidualVectorStep {
  const { layers, entries, estimator, composition, update, decay, deadBelow, entropyWeight = 0 } = quantizer;
  return residualVectorGraph(
    latent,
    {
      codebooks: state["quantizer.codebooks"]!,
      counts: state["quantizer.counts"]!,
      sums: state["quantizer.sums"] ?? zeros([layers, entries, encoder.latentDim]),
    },
    {
      layerMask,
      restartOffset: cast(field("restartOffset"), "int64"),
      forceRestart: field("forceRestart"),
    },
    {
      estimator,
      composition,
      update,
      decay,
      deadBelow,
      entropyWeight,
      ...(codes ? { pinnedCodes: codes } : {}),
    },
  );
}

function movedByRows({ nextState }: ResidualVectorStep): Record<string, Tensor> {
  return {
    "next.quantizer.codebooks": nextState.codebooks,
    "next.quantizer.counts": nextState.counts,
    "next.quantizer.sums": nextState.sums,
  };
}

function movedByOptimizer(
  { optimizer }: Owner,
  { state, field }: QuantizerInputs,
  { nextState, replaced }: ResidualVectorStep,
  slope: Tensor,
): Record<string, Tensor> {
  const books = {
    value: state["quantizer.codebooks"]!,
    first: state["quantizer.first"]!,
    second: state["quantizer.second"]!,
    average: state["quantizer.average"]!,
  };
  const next = codebooksByGradient(books, slope, nextState.codebooks, replaced, { optimizer, field });
  return {
    "next.quantizer.codebooks": next.value,
    "next.quantizer.counts": nextState.counts,
    "next.quantizer.first": next.first,
    "next.quantizer.second": next.second,
    "next.quantizer.average": next.average,
  };
}

/**
 * The codebooks of a longer chain, [layers, size]: a layer that the stored chain has not begins as the one below it,
 * shrunk as much as the last stored layer is against its own.
 */
function lengthened(stored: Float32Array, layers: number, size: number): Float32Array {
  const books = new Float32Array(layers * size);
  books.set(stored);
  const above = stored.length / size;
  const energy = (layer: number) =>
    stored.subarray(layer * size, (layer + 1) * size).reduce((sum, value) => sum + value * value, 0);
  const shrink = above > 1 ? Math.min(1, Math.sqrt(energy(above - 1) / energy(above - 2)) || 1) : 1;
  for (let at = stored.length; at < books.length; at++) books[at] = shrink * books[at - size]!;
  return books;
}

function firstEntries({ seed, quantizer, encoder }: Owner): Float32Array {
  const name = "entries";
  const initial = { kind: "normal" as const, deviation: 0.3 };
  const shape = [quantizer.entries, encoder.latentDim];
  return initialValues([{ name, shape, initial, decay: false }], seed)[name]!;
}
