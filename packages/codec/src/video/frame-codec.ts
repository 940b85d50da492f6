import type { LayerInfo } from "@nacre/bitstream";
import type { Picture } from "@nacre/signal";

/** How the codes of one frame are chosen: by one of these, as for a picture; see EncodePictureOptions. */
export type FrameChoice =
  | { layers: number }
  | { quality: number }
  /** dB to reach; where the model cannot, the nearest it can. */
  | { psnr: number }
  /** Bytes of all sections to come near to; where the model cannot, the nearest it can. */
  | { bytes: number };

/**
 * A frame, coded.
 *
 * sections  [layer][tile], those of all layers that the choice can have; a tile's layers end before its first empty one
 * quality   0 .. 100 that would give the same codes, where the choice was a target: the next frame may begin from there
 */
export type CodedFrame = { sections: Uint8Array[][]; quality?: number };

/**
 * What a video is coded by, frame by frame: the narrow waist between a stream and its networks.
 *
 * id, decodeHash   of the model, as files name it
 * layers           [layers] that a frame can have, as the container is told
 * tile             pixels along a side of a tile
 */
export type FrameCodec = {
  readonly id: string;
  readonly decodeHash: Uint8Array;
  readonly layers: readonly LayerInfo[];
  readonly tile: number;
  /** Content layers that frames of a choice can have. throws NacreError "option" for a choice out of range */
  layersOf(choice: FrameChoice): number;
  /**
   * A frame that needs no other, 8-bit RGB.
   *
   * throws NacreError "option" for a choice out of range, "shape" for planes that are not those of the picture
   */
  codeIntra(picture: Picture, choice: FrameChoice): Promise<CodedFrame>;
  /**
   * The frame of its sections [layer][tile], as many layers as there are.
   *
   * recover  what cannot be decoded is left out, with all that stands above it
   * throws   NacreError "bitstream" for bytes that are no codes of such a frame
   */
  decodeIntra(
    sections: readonly (readonly Uint8Array[])[],
    size: { width: number; height: number },
    options: { recover: boolean },
  ): Promise<Picture>;
  close(): Promise<void>;
};

/** Content layers that a list of layers has. */
export function contentLayers(layers: readonly LayerInfo[]): number {
  return layers.filter(({ role }) => role === "content").length;
}
