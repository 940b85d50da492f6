import type { Parameters } from "@nacre/blocks";
import { input, onnxModel } from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";
import { type PictureEncoderConfig, pictureEncoder } from "../src/index.js";

/** Latent and side values of pictures [batch, 3, height, width]. */
export async function encodePictures(
  config: PictureEncoderConfig,
  parameters: Parameters,
  data: Float32Array,
  shape: readonly number[],
): Promise<{ latent: Float32Array; side: Float32Array }> {
  const picture = input("picture", "float32", shape);
  const { latent, side } = pictureEncoder.forward(config, parameters, picture);
  const session = await InferenceSession.create(onnxModel({ inputs: [picture], outputs: { latent, side } }), {
    intraOpNumThreads: 1,
  });
  const found = await session.run({ picture: new Value("float32", data, shape) });
  await session.release();
  return { latent: found.latent!.data as Float32Array, side: found.side!.data as Float32Array };
}
