import { NacreError } from "@nacre/errors";
import type { Tensor } from "@nacre/graph";
import type { ResidualVectorDraws, ResidualVectorOptions, ResidualVectorState } from "./graph.js";

/** Sizes of a stack: rows N, layers L, entries K, dimension D. */
export type StackShape = { rows: number; layers: number; entries: number; dimension: number };

/** throws NacreError "shape" unless latent is [N, D] and codebooks [L, K, D], all positive */
export function checkStack(latent: Tensor, codebooks: Tensor): StackShape {
  const [layers = 0, entries = 0, dimension = 0] = codebooks.shape;
  expectTensor("codebooks", codebooks, "float32", [layers, entries, dimension]);
  const rows = latent.shape[0] ?? 0;
  expectTensor("latent", latent, "float32", [rows, dimension]);
  if (rows > 0 && layers > 0 && entries > 0 && dimension > 0) return { rows, layers, entries, dimension };
  throw new NacreError("shape", {
    found: `latent [${latent.shape}] and codebooks [${codebooks.shape}]`,
    expected: "no empty axis",
  });
}

/** Checks everything that the training step is given. */
export function checkTraining(
  latent: Tensor,
  state: ResidualVectorState,
  draws: ResidualVectorDraws,
  options: ResidualVectorOptions,
): StackShape {
  const shape = checkStack(latent, state.codebooks);
  const { rows, layers, entries, dimension } = shape;
  expectTensor("counts", state.counts, "float32", [layers, entries]);
  expectTensor("sums", state.sums, "float32", [layers, entries, dimension]);
  expectTensor("layerMask", draws.layerMask, "float32", [rows, layers]);
  expectTensor("restartOffset", draws.restartOffset, "int64", [layers]);
  expectTensor("forceRestart", draws.forceRestart, "float32", [layers]);
  if (options.pinnedCodes) expectTensor("pinnedCodes", options.pinnedCodes, "int64", [rows, layers]);
  expectShare("decay", options.decay);
  expectShare("deadBelow", options.deadBelow);
  expectWeight(options.entropyWeight ?? 0);
  return shape;
}

function expectWeight(weight: number): void {
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return;
  throw new NacreError("option", { found: `entropyWeight ${weight}`, expected: "0 or more" });
}

function expectTensor(name: string, tensor: Tensor, dtype: string, shape: readonly number[]): void {
  if (tensor.dtype === dtype && tensor.shape.join() === shape.join()) return;
  throw new NacreError("shape", {
    found: `${name} is ${tensor.dtype} [${tensor.shape}]`,
    expected: `${dtype} [${shape}]`,
  });
}

function expectShare(name: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new NacreError("option", { found: `${name} ${value}`, expected: "at least 0 and below 1" });
}
