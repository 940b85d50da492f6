import type { ParameterSpec, Parameters } from "@nacre/blocks";
import { div, exp, mul, reshape, sum, type Tensor } from "@nacre/graph";
import { entryBits, entryLogits } from "../context/entry-graph.js";
import { type EntrySizes, entryParameters } from "../context/entry-recipe.js";
import { type GroupedTraining, grouped } from "../quantizers/grouped.js";
import type { QuantizerOwner } from "../quantizers/quantizer-training.js";
import { trainingOf } from "../quantizers/quantizers.js";
import { refuseUnless } from "../recipes/refuse.js";
import type { StateValues } from "../state.js";
import type { CodedLatent, LatentCoding, LatentInputs } from "./coding.js";
import type { GroupedPictureRecipe, GroupedRecipe } from "./picture-recipe.js";

/** Where the channels' ranges are kept: eighths of their logarithms, so that the optimizer moves them soon. */
const rangePlace = "quantizer.range";
const rangeUnit = 8;

/** The kinds that have entries, so that what they cost can be told. */
const kinds = ["residual-vector", "residual-finite-scalar"];

/** Entries of codebooks or grids in groups of channels, and learned probabilities of them. */
export function groupedCoding(recipe: GroupedPictureRecipe): LatentCoding {
  checkKind(recipe);
  const owner = ownerOf(recipe);
  const training = trainingFor(recipe);
  return {
    check: () => checkGroups(recipe, training),
    parameters: () => [
      ...rangeSpecs(recipe),
      ...training.parameters(owner),
      ...entryParameters(entrySizesOf(recipe), recipe.quantizer.probability),
    ],
    state: () => training.stateArrays(owner),
    initialState: () => training.initialState(owner),
    fields: () => training.fields(owner),
    draws: (step, random) => training.draws(owner, step, random),
    tensors: (values) => ({ ...countsOf(values), ...training.tensors(values) }),
    code: (inputs) => codeEntries(recipe, training, inputs),
  };
}

/** Codes of a position in a layer, their alphabet, and what their probabilities are told by. */
export function entrySizesOf({ encoder, quantizer }: GroupedPictureRecipe): EntrySizes {
  const vectors = quantizer.kind === "residual-vector";
  return {
    layers: quantizer.layers,
    codes: vectors ? quantizer.groups : encoder.latentDim,
    entries: vectors ? quantizer.entries : quantizer.levels[0]!,
    channels: encoder.latentDim,
    sideChannels: encoder.sideChannels,
  };
}

function codeEntries(
  recipe: GroupedPictureRecipe,
  training: GroupedTraining<GroupedRecipe>,
  { latent, side, ...inputs }: LatentInputs,
): CodedLatent {
  const [batch, rows, columns, channels] = latent.shape as [number, number, number, number];
  const range = rangeOf(inputs.parameters);
  const flat = reshape(latent, [batch * rows * columns, channels]);
  const pass = training.pass(ownerOf(recipe), { ...inputs, latent: range ? div(flat, range) : flat });
  const known = { side, points: pass.choices.map(({ point }) => reshape(point, latent.shape)) };
  const logits = entryLogits(entrySizesOf(recipe), recipe.quantizer.probability, inputs.parameters, known);
  const { perplexity, dead, quantizationError } = pass.telemetry;
  return {
    quantized: reshape(range ? mul(pass.quantized, range) : pass.quantized, latent.shape),
    codes: pass.choices.map(({ codes }) => codes),
    layerBits: pass.choices.map((choice, layer) =>
      sum(reshape(entryBits(logits[layer]!, choice), [batch, -1]), [1]),
    ),
    losses: pass.losses,
    moved: pass.moved,
    next: pass.next,
    perLayer: [
      { name: "perplexity", values: perplexity },
      { name: "dead", values: dead },
      { name: "error", values: quantizationError },
    ],
  };
}

// The same functions as for sound, a stack for each group.
function trainingFor(recipe: GroupedPictureRecipe): GroupedTraining<GroupedRecipe> {
  return grouped(trainingOf(recipe), recipe.quantizer.groups) as GroupedTraining<GroupedRecipe>;
}

function ownerOf({
  quantizer,
  seed,
  encoder,
  optimizer,
}: GroupedPictureRecipe): QuantizerOwner<GroupedRecipe> {
  return { quantizer, seed, encoder, optimizer, losses: { commitment: quantizer.commitment } };
}

// Beside the codebooks: an encoder that prefers often used entries has to know them.
function countsOf(values: StateValues): StateValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name.endsWith(".quantizer.counts")));
}

function rangeSpecs({ quantizer, encoder }: GroupedPictureRecipe): ParameterSpec[] {
  if (quantizer.range === undefined) return [];
  const initial = { kind: "constant" as const, value: Math.log(quantizer.range) / rangeUnit };
  return [{ name: rangePlace, shape: [encoder.latentDim], initial, decay: false }];
}

function rangeOf(parameters: Parameters): Tensor | undefined {
  const eighths = parameters[rangePlace];
  return eighths && exp(mul(reshape(eighths, [1, eighths.shape[0]!]), rangeUnit));
}

function checkKind({ quantizer: { kind } }: GroupedPictureRecipe): void {
  refuseUnless(
    kinds.includes(kind),
    `a recipe of pictures with a quantizer of kind "${kind}"`,
    `residual-scalar, ${kinds.join(" or ")}`,
  );
}

function checkGroups(recipe: GroupedPictureRecipe, training: GroupedTraining<GroupedRecipe>): void {
  const { quantizer, encoder } = recipe;
  const { groups, commitment, probability, range, layers } = quantizer;
  refuseUnless(
    Number.isInteger(groups) && groups > 0 && encoder.latentDim % groups === 0,
    `${groups} groups of ${encoder.latentDim} channels`,
    "a divisor of the channels",
  );
  refuseUnless(Number.isInteger(layers) && layers > 0, `${layers} layers`, "a whole number of at least 1");
  refuseUnless(commitment >= 0, `a commitment of ${commitment}`, "0 or more");
  const forms = ["table", "linear"];
  refuseUnless(forms.includes(probability), `probability "${probability}"`, forms.join(" or "));
  refuseUnless(range === undefined || range > 0, `a range of ${range}`, "above 0");
  if (quantizer.kind === "residual-vector") {
    const { entries } = quantizer;
    refuseUnless(
      Number.isInteger(entries) && entries > 1,
      `${entries} entries`,
      "a whole number of at least 2",
    );
  } else {
    const { levels } = quantizer;
    refuseUnless(new Set(levels).size === 1, `levels ${levels}`, "the same for every channel of a picture");
  }
  training.check(ownerOf(recipe));
}
