import { type Initial, initialValues, type Parameters } from "@nacre/blocks";
import { constant, input, onnxModel, type Tensor } from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";
import { type PictureDecoderConfig, pictureDecoder } from "../src/index.js";

/** A config that runs at once. */
export const small: PictureDecoderConfig = {
  latentDim: 6,
  sideChannels: 3,
  layers: 4,
  dim: 10,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  fineDim: 5,
  fineBlocks: 2,
  fineKernel: 3,
  fineExpansion: 2,
};

/** The size that the budget of a receiver was worked out for. */
export const photo: PictureDecoderConfig = {
  latentDim: 192,
  sideChannels: 32,
  layers: 6,
  dim: 192,
  blocks: 4,
  kernel: 5,
  expansion: 3,
  fineDim: 32,
  fineBlocks: 2,
  fineKernel: 3,
  fineExpansion: 3,
};

/** Parameters as training starts with them, or all drawn in one way. */
export function starting(config: PictureDecoderConfig, initial?: Initial): Record<string, Tensor> {
  const own = pictureDecoder.parameters(config);
  const specs = initial ? own.map((spec) => ({ ...spec, initial })) : own;
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

/** What a decoder is given, and how many pictures of how many positions that is. */
export type Given = {
  batch: number;
  height: number;
  width: number;
  latent: Float32Array;
  side: Float32Array;
  /** Content layers in each picture. */
  depths: readonly number[];
};

/** Shapes of latent, side values and depth. */
export function shapesOf(
  { latentDim, sideChannels, layers }: PictureDecoderConfig,
  { batch, height, width }: Pick<Given, "batch" | "height" | "width">,
): { latent: number[]; side: number[]; depth: number[] } {
  return {
    latent: [batch, height, width, latentDim],
    side: [batch, height / 4, width / 4, sideChannels],
    depth: [batch, layers + 1],
  };
}

/** Depths as rows of zeros and a one. */
export function oneHot({ layers }: PictureDecoderConfig, depths: readonly number[]): Float32Array {
  return Float32Array.from(
    depths.flatMap((depth) => Array.from({ length: layers + 1 }, (_, i) => +(i === depth))),
  );
}

/** The graph of a decoder beside its inputs. */
export function decoderGraph(
  config: PictureDecoderConfig,
  parameters: Parameters,
  size: Pick<Given, "batch" | "height" | "width">,
): { inputs: Tensor[]; picture: Tensor } {
  const shapes = shapesOf(config, size);
  const latent = input("latent", "float32", shapes.latent);
  const side = input("side", "float32", shapes.side);
  const depth = input("depth", "float32", shapes.depth);
  const picture = pictureDecoder.forward(config, parameters, { latent, side, depth });
  return { inputs: [latent, side, depth], picture };
}

/** Pictures [batch, 3, 16 * height, 16 * width]. */
export async function decodePictures(
  config: PictureDecoderConfig,
  parameters: Parameters,
  given: Given,
): Promise<Float32Array> {
  const { inputs, picture } = decoderGraph(config, parameters, given);
  const session = await InferenceSession.create(onnxModel({ inputs, outputs: { picture } }), {
    intraOpNumThreads: 1,
  });
  const shapes = shapesOf(config, given);
  const found = await session.run({
    latent: new Value("float32", given.latent, shapes.latent),
    side: new Value("float32", given.side, shapes.side),
    depth: new Value("float32", oneHot(config, given.depths), shapes.depth),
  });
  await session.release();
  return found.picture!.data as Float32Array;
}
