import { NacreError } from "@nacre/errors";
import { isPickle } from "../pickle.js";
import { readSafetensors } from "../safetensors.js";

/** The tensors of another project's file, each asked for by its name and the shape that the config means. */
export type ForeignTensors = {
  has(name: string): boolean;
  /** throws NacreError "model" when it is absent, of another shape or type, or not finite */
  plain(name: string, shape: readonly number[]): Float32Array;
  /**
   * `<layer>.weight` as it is, or, where the file keeps length and direction apart, g v / |v| with the norm over
   * all axes but the first (weight normalisation, Salimans & Kingma 2016, arXiv 1602.07868, equation 2).
   *
   * throws as `plain`
   */
  weight(layer: string, shape: readonly number[]): Float32Array;
  /** Names that nobody asked for. */
  unread(): string[];
};

/**
 * Opens a safetensors file of another project.
 *
 * throws NacreError "model" when it is a pickle, damaged or cut
 */
export function openForeignTensors(file: Uint8Array): ForeignTensors {
  refusePickle(file);
  const { tensors } = readSafetensors(file);
  const asked = new Set<string>();
  const has = (name: string) => Object.hasOwn(tensors, name);
  const plain = (name: string, shape: readonly number[]) => {
    const found = has(name) ? tensors[name] : undefined;
    if (!found) throw unimportable(`no tensor "${name}"`, `one of shape [${shape.join(", ")}]`);
    asked.add(name);
    if (!(found.data instanceof Float32Array) || found.shape.join() !== shape.join()) {
      throw unimportable(
        `tensor "${name}" of shape [${found.shape.join(", ")}]`,
        `float values of shape [${shape.join(", ")}], as the config says`,
      );
    }
    const wrong = found.data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw unimportable(`${found.data[wrong]} in tensor "${name}"`, "finite numbers");
    return found.data;
  };
  return {
    has,
    plain,
    weight(layer, shape) {
      const form = weightNormForms.find(([length]) => has(layer + length));
      if (!form) return plain(`${layer}.weight`, shape);
      const [length, direction] = form;
      const lengths = plain(layer + length, [shape[0]!, ...shape.slice(1).map(() => 1)]);
      return folded(lengths, plain(layer + direction, shape));
    },
    unread: () => Object.keys(tensors).filter((name) => !asked.has(name)),
  };
}

/**
 * Refuses weights that nobody asked for, but those that decide nothing.
 *
 * throws NacreError "model" with the first name
 */
export function refuseStrangers(tensors: ForeignTensors, known?: RegExp): void {
  const stranger = tensors.unread().find((name) => !known?.test(name));
  if (stranger === undefined) return;
  throw unimportable(
    `a tensor "${stranger}" that its config has no use for`,
    "weights that the config describes",
  );
}

/** One array of all, one behind the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// As torch.nn.utils.weight_norm names them, and as torch.nn.utils.parametrizations does.
const weightNormForms = [
  [".weight_g", ".weight_v"],
  [".parametrizations.weight.original0", ".parametrizations.weight.original1"],
] as const;

function folded(lengths: Float32Array, directions: Float32Array): Float32Array {
  const size = directions.length / lengths.length;
  const weight = new Float32Array(directions.length);
  for (const [row, length] of lengths.entries()) {
    const direction = directions.subarray(row * size, (row + 1) * size);
    let squares = 0;
    for (const value of direction) squares += value * value;
    const scale = squares > 0 ? length / Math.sqrt(squares) : 0;
    for (const [at, value] of direction.entries()) weight[row * size + at] = value * scale;
  }
  return weight;
}

function refusePickle(file: Uint8Array): void {
  if (!isPickle(file)) return;
  throw new NacreError("model", {
    found: "weights in a pickle, which can run any program when it is opened",
    expected: "a safetensors file",
    mend: "get model.safetensors of the same model, or convert the file where you trust it",
  });
}

/** The error for weights of another project that cannot be taken over. */
export function unimportable(
  found: string,
  expected: string,
  mend = "check that config.json and the weights belong together",
): NacreError {
  return new NacreError("model", { found: `a model to import with ${found}`, expected, mend });
}
