import { architectureByName, type FrameEncoder, type Network, type PictureEncoder } from "@nacre/blocks";
import { frameEncoder } from "./frame/index.js";
import { pictureEncoder } from "./picture/index.js";
import { seanetEncoder } from "./seanet/index.js";
import { snakeEncoder } from "./snake/index.js";
import { spectralEncoder } from "./spectral/index.js";

/** Every encoder of sound that a model may name, each version on its own. Adding one is adding a line. */
export const encoders: readonly Network<unknown>[] = [spectralEncoder, seanetEncoder, snakeEncoder];

/** Every encoder of pictures that a model may name. */
export const pictureEncoders: readonly PictureEncoder<unknown>[] = [pictureEncoder];

/** Every encoder of predicted frames that a model may name. */
export const frameEncoders: readonly FrameEncoder<unknown>[] = [frameEncoder];

/**
 * The encoder of sound of that name.
 *
 * version  as stored in the model; the newest one when left out
 * throws   NacreError "model" when the name is unknown, "version" when the version is
 */
export function encoderByName(name: string, version?: number): Network<unknown> {
  return architectureByName("encoder", encoders, name, version);
}

/** The same for pictures. */
export function pictureEncoderByName(name: string, version?: number): PictureEncoder<unknown> {
  return architectureByName("picture encoder", pictureEncoders, name, version);
}

/** The same for predicted frames. */
export function frameEncoderByName(name: string, version?: number): FrameEncoder<unknown> {
  return architectureByName("frame encoder", frameEncoders, name, version);
}
