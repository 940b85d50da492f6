import type { ParameterSpec, Parameters } from "@nacre/blocks";
import { add, concat, mul, slice, type Tensor } from "@nacre/graph";
import type { LayerChoice } from "@nacre/quantizer";
import type { Random } from "../random.js";
import type { StateArray, StateValues } from "../state.js";
import type {
  QuantizerInputs,
  QuantizerOwner,
  QuantizerPass,
  QuantizerTraining,
} from "./quantizer-training.js";

/** A pass whose kind has entries to count. */
export type GroupedPass = QuantizerPass & { choices: LayerChoice[] };

/** A kind of quantizer with a stack for each part of the latent, see `grouped`. */
export type GroupedTraining<Options> = Pick<
  QuantizerTraining<Options>,
  "parameters" | "stateArrays" | "initialState" | "fields" | "draws" | "tensors"
> & {
  /** throws NacreError "option" when the recipe's numbers do not fit it */
  check(owner: QuantizerOwner<Options>): void;
  pass(owner: QuantizerOwner<Options>, inputs: Omit<QuantizerInputs, "codes">): GroupedPass;
};

/**
 * Product quantization: the latent is cut into groups of neighbouring channels, and each has a stack of its
 * own, of the same kind and size (Jégou et al. 2011, doi 10.1109/TPAMI.2010.57; in a learned picture codec
 * Feng et al. 2023, arXiv 2305.05212). One entry of a book for a whole row would need far too many.
 *
 * groups  how many, a divisor of latentDim; every array's name begins with "group.<n>."
 */
export function grouped<Options>(
  training: QuantizerTraining<Options>,
  groups: number,
): GroupedTraining<Options> {
  const numbers = Array.from({ length: groups }, (_, group) => group);
  const ownerOf = (owner: QuantizerOwner<Options>, group: number): QuantizerOwner<Options> => ({
    ...owner,
    // Groups that begin alike would be drawn alike.
    seed: owner.seed + group,
    encoder: { latentDim: owner.encoder.latentDim / groups },
  });
  const named = <T extends { name: string }>(of: (group: number) => T[]): T[] =>
    numbers.flatMap((group) => of(group).map((each) => ({ ...each, name: prefix(group) + each.name })));
  const joined = <T>(of: (group: number) => Record<string, T>): Record<string, T> =>
    Object.assign({}, ...numbers.map((group) => prefixed(of(group), group)));
  return {
    check: (owner) => training.check(ownerOf(owner, 0)),
    parameters: (owner): ParameterSpec[] => named((group) => training.parameters(ownerOf(owner, group))),
    stateArrays: (owner): StateArray[] => named((group) => training.stateArrays(ownerOf(owner, group))),
    initialState: (owner): StateValues => joined((group) => training.initialState(ownerOf(owner, group))),
    fields: (owner) => joined((group) => training.fields(ownerOf(owner, group))),
    draws: (owner, step: number, random: Random) =>
      joined((group) => training.draws(ownerOf(owner, group), step, random)),
    tensors: (values) => joined((group) => training.tensors(ownOf(values, group))),
    pass(owner, inputs) {
      const width = owner.encoder.latentDim / groups;
      const passes = numbers.map((group) => {
        const latent = slice(inputs.latent, 1, group * width, (group + 1) * width);
        return training.pass(ownerOf(owner, group), ownInputs({ ...inputs, latent }, group));
      });
      return together(passes);
    },
  };
}

function prefix(group: number): string {
  return `group.${group}.`;
}

function prefixed<T>(record: Readonly<Record<string, T>>, group: number): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [prefix(group) + name, each]));
}

function ownOf<T>(record: Readonly<Record<string, T>>, group: number): Record<string, T> {
  const start = prefix(group);
  const own = Object.entries(record).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(own.map(([name, each]) => [name.slice(start.length), each]));
}

/** Fields of the row that are no group's, of the optimizer, are found under their own names. */
function ownInputs(inputs: Omit<QuantizerInputs, "codes">, group: number): QuantizerInputs {
  const shared = new Set(["stepSize", "epsilon", "decay", "averageRate"]);
  return {
    ...inputs,
    parameters: ownOf(inputs.parameters, group) as Parameters,
    state: ownOf(inputs.state, group),
    field: (name) => inputs.field(shared.has(name) ? name : prefix(group) + name),
    codes: undefined,
  };
}

function together(passes: readonly QuantizerPass[]): GroupedPass {
  const sideBySide = (parts: readonly Tensor[]) => concat(parts, 1);
  const layers = passes[0]!.choices?.length ?? 0;
  const meanOf = (of: (pass: QuantizerPass) => Tensor) => mul(total(passes.map(of)), 1 / passes.length);
  return {
    quantized: sideBySide(passes.map(({ quantized }) => quantized)),
    choices: Array.from({ length: layers }, (_, layer) => {
      const part = (of: (choice: LayerChoice) => Tensor) =>
        sideBySide(passes.map(({ choices }) => of(choices![layer]!)));
      return {
        codes: part(({ codes }) => codes),
        point: part(({ point }) => point),
        distances: part(({ distances }) => distances),
      };
    }),
    losses: passes[0]!.losses.map((loss, at) => ({
      ...loss,
      value: meanOf((pass) => pass.losses[at]!.value),
    })),
    moved: passes.flatMap(({ moved }) => moved),
    next(slopes) {
      let from = 0;
      const parts = passes.map(({ moved, next }, group) => {
        const own = next(slopes.slice(from, from + moved.length));
        from += moved.length;
        return renamed(own, group);
      });
      return Object.assign({}, ...parts);
    },
    telemetry: {
      perplexity: meanOf(({ telemetry }) => telemetry.perplexity),
      dead: total(passes.map(({ telemetry }) => telemetry.dead)),
      quantizationError: meanOf(({ telemetry }) => telemetry.quantizationError),
    },
  };
}

// "next.quantizer.counts" to "next.group.3.quantizer.counts".
function renamed(next: Readonly<Record<string, Tensor>>, group: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(next).map(([name, each]) => [name.replace("next.", `next.${prefix(group)}`), each]),
  );
}

function total(values: readonly Tensor[]): Tensor {
  return values.reduce((a, b) => add(a, b));
}
