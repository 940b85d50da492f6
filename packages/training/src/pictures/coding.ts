import type { ParameterSpec, Parameters } from "@nacre/blocks";
import type { Tensor } from "@nacre/graph";
import type { QuantizerPass } from "../quantizers/quantizer-training.js";
import type { Random } from "../random.js";
import type { StateArray, StateValues } from "../state.js";
import { groupedCoding } from "./grouped-coding.js";
import { hasScalars, type PictureRecipe } from "./picture-recipe.js";
import { scalarCoding } from "./scalar-coding.js";

/**
 * A latent that is to be coded, B items of rows x columns positions.
 *
 * latent     float32 [B, rows, columns, C], the side codes' mean taken off
 * side       float32 [B, rows / 4, columns / 4, Z], whole numbers
 * layerMask  float32 [B * rows * columns, L], 1 where the position uses the layer; each row a prefix of ones
 * state      arrays of the coding among all, by name; field a field of the row
 * before     codes of the frame before, [L] of [B, rows, columns, C]; absent for pictures, and after a key frame
 */
export type LatentInputs = {
  parameters: Parameters;
  latent: Tensor;
  side: Tensor;
  layerMask: Tensor;
  state: Readonly<Record<string, Tensor>>;
  field: (name: string) => Tensor;
  before?: readonly Tensor[] | undefined;
};

/**
 * The latent, coded.
 *
 * quantized  [B, rows, columns, C], of the used layers, with a gradient to the latent
 * codes      [L] of [B * rows * columns, codes a position], of every layer, used or not
 * layerBits  [L] of [B], bits of every layer, used or not
 * losses, moved, next  as a quantizer's pass has them
 * perLayer   vectors [L] that are told
 */
export type CodedLatent = Pick<QuantizerPass, "losses" | "moved" | "next"> & {
  quantized: Tensor;
  codes: Tensor[];
  layerBits: Tensor[];
  perLayer: { name: string; values: Tensor }[];
};

/**
 * How a recipe's latent becomes codes and what they cost: a quantizer and a model of its codes.
 *
 * check         throws NacreError "option" when the recipe's numbers do not fit it
 * parameters    tensors of its own that are trained as the networks' are
 * state         what it remembers between steps; initialState values of what does not begin as zeros
 * fields, draws its fields of the row, and their values in step `step` (from 1)
 * tensors       what a model needs of the state, by the state's names
 */
export type LatentCoding = {
  check(): void;
  parameters(): ParameterSpec[];
  state(): StateArray[];
  initialState(): StateValues;
  fields(): Record<string, number>;
  draws(step: number, random: Random): Record<string, (at: number) => number>;
  tensors(values: StateValues): Record<string, Float32Array>;
  code(inputs: LatentInputs): CodedLatent;
};

/** The coding of a recipe. throws NacreError "option" for an unknown kind of quantizer */
export function codingOf(recipe: PictureRecipe): LatentCoding {
  return hasScalars(recipe) ? scalarCoding(recipe) : groupedCoding(recipe);
}
