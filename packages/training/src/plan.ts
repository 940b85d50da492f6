import type { ParameterSpec, Parameters } from "@nacre/blocks";
import type { Tensor } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import type { Corpus } from "./corpus.js";
import type { Feed } from "./feed.js";
import type { PictureCorpus } from "./pictures/picture-corpus.js";
import type { Random } from "./random.js";
import type { StateArray, StateValues } from "./state.js";

/** A packed corpus of any medium. */
export type AnyCorpus = Corpus | PictureCorpus;

/** What a model stores, by name: weights of the networks and tensors of the quantizer. */
export type Weights = { parameters: Readonly<Record<string, Float32Array>> };

/** Quality on what is never trained on, by number of layers; measures by name, as the medium has them. */
export type ValidationPoint = { layers: number; [measure: string]: number };

/**
 * What a medium's pass gets of a step.
 *
 * batch        as the plan's feed draws it
 * parameters   trained tensors by name
 * state        every array of the state, by name
 * field        a field of the row as a tensor [length]; scalarField one of a single value as a scalar
 * codes        int64 [N, L] when the step is built pinned
 */
export type PassInputs = {
  batch: Tensor;
  parameters: Parameters;
  state: Readonly<Record<string, Tensor>>;
  field: (name: string) => Tensor;
  scalarField: (name: string) => Tensor;
  codes: Tensor | undefined;
};

/**
 * What it makes of that.
 *
 * targets, cotangents  gradients are taken of these, from these
 * moved                state arrays, beside the parameters, that the optimizer moves
 * next                 from the slopes of `moved`, clipped: the plan's own arrays as "next.<name>"
 * metrics              scalars that are told, by name
 * perLayer             vectors [L] that are told as "<name>.<layer>"
 */
export type Pass = {
  targets: Tensor[];
  cotangents: Tensor[];
  moved: Tensor[];
  next(slopes: readonly Tensor[]): Record<string, Tensor>;
  metrics: { name: string; value: Tensor }[];
  perLayer: { name: string; values: Tensor }[];
};

/**
 * What a training step of one recipe is made of; the optimizer around it is the same for every medium.
 * Adding a medium is a folder like sound/ and a line in plans.ts.
 *
 * parameters    trained tensors
 * batch         the input that holds a batch
 * layers        of the quantizer
 * state         arrays that the medium remembers between steps; initialState their first values
 * fields        sizes of its fields of the row; draws their values in step `step` (from 1), in the order in
 *               which `random` is asked
 * pass          forward, and what gradients are taken of
 * tensors       what a model stores of the state beside the averaged parameters
 * trained       how much of what a step trains on
 * feed          batches of a corpus; throws NacreError "media" for one of another medium or rate
 * validate      measures weights on a fixed batch of the corpus' validation part
 */
export type StepPlan = {
  parameters: ParameterSpec[];
  batch: { name: string; shape: number[] };
  layers: number;
  state: StateArray[];
  initialState(): StateValues;
  fields: Readonly<Record<string, number>>;
  draws(step: number, random: Random): Record<string, (at: number) => number>;
  pass(inputs: PassInputs): Pass;
  tensors(values: StateValues): Record<string, Float32Array>;
  trained: { amount: number; unit: string };
  feed(corpus: AnyCorpus): Feed;
  validate(weights: Weights, corpus: AnyCorpus, runtime: Runtime): Promise<ValidationPoint[]>;
};
