import { architectureByName, type FrameDecoder, type Network, type PictureDecoder } from "@nacre/blocks";
import { frameDecoder } from "./frame/index.js";
import { pictureDecoder } from "./picture/index.js";
import { seanetDecoder } from "./seanet/index.js";
import { snakeDecoder } from "./snake/index.js";
import { spectralDecoder } from "./spectral/index.js";

/** Every decoder of sound that a model may name, each version on its own. Adding one is adding a line. */
export const decoders: readonly Network<unknown>[] = [spectralDecoder, seanetDecoder, snakeDecoder];

/** Every decoder of pictures that a model may name. */
export const pictureDecoders: readonly PictureDecoder<unknown>[] = [pictureDecoder];

/** Every decoder of predicted frames that a model may name. */
export const frameDecoders: readonly FrameDecoder<unknown>[] = [frameDecoder];

/**
 * The decoder of sound of that name.
 *
 * version  as stored in the model; the newest one when left out
 * throws   NacreError "model" when the name is unknown, "version" when the version is
 */
export function decoderByName(name: string, version?: number): Network<unknown> {
  return architectureByName("decoder", decoders, name, version);
}

/** The same for pictures. */
export function pictureDecoderByName(name: string, version?: number): PictureDecoder<unknown> {
  return architectureByName("picture decoder", pictureDecoders, name, version);
}

/** The same for predicted frames. */
export function frameDecoderByName(name: string, version?: number): FrameDecoder<unknown> {
  return architectureByName("frame decoder", frameDecoders, name, version);
}
