import type { ParameterSpec, Parameters } from "@nacre/blocks";
import { frameDecoder } from "@nacre/decoder";
import { frameEncoder } from "@nacre/encoder";
import { add, clip, reshape, round, slice, stopGradient, sub, sum, type Tensor } from "@nacre/graph";
import { plainBits } from "../context/context-graph.js";
import type { CodedLatent } from "../pictures/coding.js";
import { depthOf, mostSide, perPosition, sideScalesPlace } from "../pictures/picture-forward.js";
import { scalarCoding } from "../pictures/scalar-coding.js";
import type { FilmRecipe } from "./film-recipe.js";
import { lossyFrame } from "./key-frame.js";
import { warped } from "./warp-graph.js";

/** Trained tensors: networks, the quantizer's own, and what tells how likely codes are. */
export function filmParameters(recipe: FilmRecipe): ParameterSpec[] {
  const { encoder, decoder } = recipe;
  return [
    ...frameEncoder.parameters(encoder),
    ...frameDecoder.parameters(decoder),
    { name: sideScalesPlace, shape: [encoder.sideChannels], initial: { kind: "zeros" }, decay: false },
    ...scalarCoding(recipe).parameters(),
  ];
}

/** Planes of a clip in a batch: three of every frame, then places of every predicted one. */
export function clipPlanes({ frames }: Pick<FilmRecipe, "frames">): number {
  return 3 * frames + frames - 1;
}

/**
 * What clips are, for one pass.
 *
 * clips      [B, clipPlanes, size, size]: frames -0.5 .. 0.5, and places as `warped` takes them
 * layerMask  [B, L], 1 where the item uses the layer; each row a prefix of ones
 * keySteps   [B], what the first frame is rounded to
 */
export type FilmInputs = { parameters: Parameters; clips: Tensor; layerMask: Tensor; keySteps: Tensor };

/**
 * A predicted frame.
 *
 * frame, prediction, decoded  [B, 3, size, size]
 * side                        [B, size / 64, size / 64, Z], whole numbers
 * sideBits                    [B]; bits of the layers are the latent's
 */
export type CodedFrame = {
  frame: Tensor;
  prediction: Tensor;
  decoded: Tensor;
  side: Tensor;
  sideBits: Tensor;
  coded: CodedLatent;
};

/**
 * Clips, frame after frame: each is predicted by the one before as it was decoded, moved, and what is lacking is coded.
 * What a frame passes on is decoded from all layers that its item uses, and gradients go back through time.
 *
 * returns  depth [B, L + 1] one-hot, and every frame but the first
 */
export function filmForward(
  recipe: FilmRecipe,
  { parameters, clips, layerMask, keySteps }: FilmInputs,
): { depth: Tensor; frames: CodedFrame[] } {
  const [batch, , height, width] = clips.shape as [number, number, number, number];
  const frameAt = (t: number) => slice(clips, 1, 3 * t, 3 * t + 3);
  const depth = depthOf(layerMask);
  const frames: CodedFrame[] = [];
  let reference = lossyFrame(frameAt(0), keySteps);
  for (let t = 1; t < recipe.frames; t++) {
    const at = 3 * recipe.frames + t - 1;
    const places = reshape(slice(clips, 1, at, at + 1), [batch, height, width]);
    const prediction = warped(reference, places);
    const before = frames.at(-1)?.coded.codes;
    const inputs = { parameters, frame: frameAt(t), prediction, layerMask, depth, before };
    const found = frameForward(recipe, inputs);
    frames.push(found);
    reference = clip(found.decoded, -0.5, 0.5);
  }
  return { depth, frames };
}

type FrameInputs = Omit<FilmInputs, "clips" | "keySteps"> & {
  frame: Tensor;
  prediction: Tensor;
  depth: Tensor;
  before: readonly Tensor[] | undefined;
};

/** One frame through encoder, quantizer and decoder, and what its codes cost. */
export function frameForward(
  recipe: FilmRecipe,
  { parameters, frame, prediction, layerMask, depth, before }: FrameInputs,
): CodedFrame {
  const { encoder, decoder } = recipe;
  const { latent, side } = frameEncoder.forward(encoder, parameters, frame, prediction);
  const [, rows, columns] = latent.shape as [number, number, number];
  const whole = clip(side, -mostSide, mostSide);
  const sideCodes = add(whole, stopGradient(sub(round(whole), whole)));
  const coded = scalarCoding(recipe).code({
    parameters,
    latent: sub(latent, frameDecoder.mean(decoder, parameters, sideCodes)),
    side: sideCodes,
    layerMask: perPosition(layerMask, rows * columns),
    state: {},
    field: () => layerMask,
    before: before?.map((codes) => reshape(codes, latent.shape)),
  });
  const received = { latent: coded.quantized, side: sideCodes, depth, prediction };
  return {
    frame,
    prediction,
    decoded: frameDecoder.forward(decoder, parameters, received),
    side: sideCodes,
    sideBits: sum(plainBits(sideCodes, parameters[sideScalesPlace]!), [1, 2, 3]),
    coded,
  };
}
