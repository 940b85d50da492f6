import {
  add,
  cast,
  clip,
  constant,
  input,
  mean,
  mul,
  onnxModel,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import type { Runtime, Values } from "@nacre/runtime";
import type { PictureCorpus } from "../pictures/picture-corpus.js";
import { joined } from "../pictures/picture-plan.js";
import type { Weights } from "../plan.js";
import { validationClips } from "./draw-clips.js";
import { type CodedFrame, clipPlanes, filmForward, filmParameters } from "./film-forward.js";
import type { FilmRecipe } from "./film-recipe.js";

/**
 * Rate and quality of predicted frames of clips that are never trained on, by number of layers: bit per pixel by the
 * model's own estimate, side codes included and motion not, and dB of the mean squared error over all predicted frames
 * (peak 255), of what is decoded and of the predictions alone.
 */
export type FilmValidationPoint = { layers: number; bpp: number; psnr: number; predictionPsnr: number };

/** Measures weights on clips that are drawn once from the seed. */
export async function validateFilm(
  recipe: FilmRecipe,
  weights: Weights,
  corpus: PictureCorpus,
  runtime: Runtime,
  items = 6,
): Promise<FilmValidationPoint[]> {
  const { crop, seed, frames } = recipe;
  const clips = new Float32Array(items * clipPlanes(recipe) * crop ** 2);
  validationClips(corpus, seed, { size: crop, frames }, clips);
  const measure = await openClipMeasure(recipe, weights, items, runtime);
  const { points } = await measure.measure(clips);
  await measure.close();
  return points;
}

/**
 * What measuring gives.
 *
 * points  one for each number of layers, 1 .. L
 * codes   [number of layers - 1][predicted frame], codes around zero of every position of all clips: the layers that are
 *         used, and the side codes
 */
export type MeasuredClips = {
  points: FilmValidationPoint[];
  codes: { layers: Int32Array[]; side: Int32Array }[][];
};

/** The graphs of some weights, open to measure clips of one number of items. */
export type ClipMeasure = {
  /** Codes and decodes clips at every number of layers; [items, clipPlanes, crop, crop], as drawClips lays them. */
  measure(clips: Float32Array): Promise<MeasuredClips>;
  close(): Promise<void>;
};

/** Opens weights to measure so many clips at a time. */
export async function openClipMeasure(
  recipe: FilmRecipe,
  weights: Weights,
  items: number,
  runtime: Runtime,
): Promise<ClipMeasure> {
  const session = await runtime.open(measuringGraph(recipe, weights, items));
  return {
    async measure(clips) {
      const measured: MeasuredClips = { points: [], codes: [] };
      for (let layers = 1; layers <= recipe.quantizer.layers; layers++) {
        const found = await session.run(feedsOf(recipe, clips, items, layers));
        measured.points.push(pointOf(recipe, found, items, layers));
        measured.codes.push(codesOf(recipe, found, layers));
      }
      return measured;
    },
    close: () => session.close(),
  };
}

function pointOf({ crop }: FilmRecipe, found: Values, items: number, layers: number): FilmValidationPoint {
  const values = (name: string) => found[name]!.data as Float32Array;
  const of = (name: string) => values(name)[0]!;
  const bits = values("layerBits")
    .slice(0, layers)
    .reduce((a, b) => a + b, of("sideBits"));
  return {
    layers,
    bpp: bits / (items * crop ** 2),
    psnr: decibels(of("decodedError")),
    predictionPsnr: decibels(of("predictionError")),
  };
}

function codesOf({ frames }: FilmRecipe, found: Values, layers: number): MeasuredClips["codes"][number] {
  const whole = (name: string) => found[name]!.data as Int32Array;
  return Array.from({ length: frames - 1 }, (_, frame) => ({
    layers: Array.from({ length: layers }, (_, layer) => whole(`codes${frame}.${layer}`)),
    side: whole(`side${frame}`),
  }));
}

function feedsOf(recipe: FilmRecipe, clips: Float32Array, items: number, layers: number) {
  const { crop, quantizer, keySteps } = recipe;
  const mask = Float32Array.from({ length: items * quantizer.layers }, (_, i) =>
    i % quantizer.layers < layers ? 1 : 0,
  );
  const steps = new Float32Array(items).fill(keySteps[layers - 1]!);
  return {
    clips: { type: "float32", shape: [items, clipPlanes(recipe), crop, crop], data: clips },
    mask: { type: "float32", shape: [items, quantizer.layers], data: mask },
    keySteps: { type: "float32", shape: [items], data: steps },
  } as const;
}

function measuringGraph(recipe: FilmRecipe, { parameters }: Weights, items: number): Uint8Array {
  const { crop, quantizer } = recipe;
  const baked = Object.fromEntries(
    filmParameters(recipe).map(({ name, shape }) => [name, constant(parameters[name]!, shape)]),
  );
  const clips = input("clips", "float32", [items, clipPlanes(recipe), crop, crop]);
  const mask = input("mask", "float32", [items, quantizer.layers]);
  const keySteps = input("keySteps", "float32", [items]);
  const { frames } = filmForward(recipe, { parameters: baked, clips, layerMask: mask, keySteps });
  const over = (of: (each: CodedFrame) => Tensor) =>
    mul(
      frames.map(of).reduce((a, b) => add(a, b)),
      1 / frames.length,
    );
  const one = (value: Tensor) => reshape(value, [1]);
  const errorOf = (picture: Tensor, frame: Tensor) => mean(square(sub(clip(picture, -0.5, 0.5), frame)));
  const outputs: Record<string, Tensor> = {
    layerBits: over(({ coded }) => joined(coded.layerBits.map((bits) => sum(bits)))),
    sideBits: one(over(({ sideBits }) => sum(sideBits))),
    decodedError: one(over(({ decoded, frame }) => errorOf(decoded, frame))),
    predictionError: one(over(({ prediction, frame }) => errorOf(prediction, frame))),
  };
  for (const [at, { coded, side }] of frames.entries()) {
    outputs[`side${at}`] = cast(side, "int32");
    for (const [layer, codes] of coded.codes.entries()) outputs[`codes${at}.${layer}`] = cast(codes, "int32");
  }
  return onnxModel({ name: `${recipe.name}-validation`, inputs: [clips, mask, keySteps], outputs });
}

function decibels(error: number): number {
  return -10 * Math.log10(error);
}
