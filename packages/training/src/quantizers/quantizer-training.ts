import type { ParameterSpec, Parameters } from "@nacre/blocks";
import type { QuantizerConfig } from "@nacre/codec";
import type { Tensor } from "@nacre/graph";
import type { LayerChoice, LayerSpread } from "@nacre/quantizer";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { Random } from "../random.js";
import type { StateArray, StateValues } from "../state.js";

/**
 * What a quantizer has to know of a recipe, of any medium.
 *
 * encoder  its latentDim is the width of the rows
 * losses   commitment is the factor of the commitment beside the other losses
 */
export type QuantizerOwner<Options> = {
  quantizer: Options;
  seed: number;
  encoder: { latentDim: number };
  optimizer: AdamWOptions;
  losses: { commitment: number };
};

/**
 * What a quantizer gets of a step.
 *
 * parameters trained tensors by name, the kind's own among them
 * latent     float32 [N, D], of all frames or positions of the batch
 * layerMask  float32 [N, L], 1 where the row uses the layer; each row a prefix of ones
 * state      the kind's own arrays among all, by name
 * field      a field of the row, the kind's own and the optimizer's
 * codes      int64 [N, L], to be used instead of the search when a step is built pinned
 */
export type QuantizerInputs = {
  parameters: Parameters;
  latent: Tensor;
  layerMask: Tensor;
  state: Readonly<Record<string, Tensor>>;
  field: (name: string) => Tensor;
  codes: Tensor | undefined;
};

/**
 * What it makes of that.
 *
 * quantized  [N, D], with a gradient to the latent
 * choices    [L], what each layer chose among, from kinds that have entries to count
 * losses     scalars of its own beside those of the decoded signal, each with its factor; those with a name
 *            are told
 * moved      state arrays that the optimizer moves
 * next       from the slopes of `moved`, clipped: every array of the state, as "next.<name>"
 * telemetry  float32 [L] each; what they count is the kind's to say
 */
export type QuantizerPass = {
  quantized: Tensor;
  choices?: LayerChoice[];
  losses: { name?: string; value: Tensor; weight: number }[];
  moved: Tensor[];
  next(slopes: readonly Tensor[]): Record<string, Tensor>;
  telemetry: { perplexity: Tensor; dead: Tensor; quantizationError: Tensor };
};

/**
 * One kind of quantizer that a recipe may train. Adding one is a file like residual-finite-scalar.ts and a
 * line in quantizers.ts.
 *
 * kind          as recipes name it
 * check         throws NacreError "option" when the recipe's numbers do not fit it
 * parameters    tensors of its own that are trained as the networks' are, and stored under their names
 * stateArrays   what it remembers between steps
 * initialState  values of those that do not begin as zeros
 * fields        sizes of its fields of the row
 * draws         their values in step `step` (from 1), in the order in which `random` is asked
 * tensors       what a model stores of the state, by the names that `config`'s kind gives them
 * stateOf       the other way: values of the state from what a model of the same config stored
 * config        the quantizer's part of model.json
 */
export type QuantizerTraining<Options> = {
  kind: string;
  check(recipe: QuantizerOwner<Options>): void;
  parameters(recipe: QuantizerOwner<Options>): ParameterSpec[];
  stateArrays(recipe: QuantizerOwner<Options>): StateArray[];
  initialState(recipe: QuantizerOwner<Options>): StateValues;
  fields(recipe: QuantizerOwner<Options>): Record<string, number>;
  draws(
    recipe: QuantizerOwner<Options>,
    step: number,
    random: Random,
  ): Record<string, (at: number) => number>;
  pass(recipe: QuantizerOwner<Options>, inputs: QuantizerInputs): QuantizerPass;
  tensors(values: StateValues): Record<string, Float32Array>;
  stateOf(recipe: QuantizerOwner<Options>, tensors: Readonly<Record<string, Float32Array>>): StateValues;
  config(recipe: QuantizerOwner<Options>): QuantizerConfig;
};

/** What every kind's options have: layers, and how items draw how many of them they use. */
export type LayerOptions = {
  layers: number;
  /** Share of items that use all layers; the others draw 1 .. layers. */
  fullShare: number;
  /** How they draw. */
  spread: LayerSpread;
};
