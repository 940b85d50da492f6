import type { PictureCodec } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { LayerReport } from "@nacre/inspect";
import type { Picture } from "@nacre/signal";

/** How layers of a picture are looked at. */
export type PictureLayersOptions = {
  /** The picture that a file was made from; without it a file's quality is not measured. */
  original?: Picture;
  /** Prefixes decoded, of how many. */
  progress?: (done: number, total: number) => void;
  /** Every prefix as it is decoded to be measured, to be drawn without decoding again. */
  onDecoded?: (layers: number, picture: Picture) => void;
};

/**
 * What each layer of a picture's file costs and carries.
 *
 * throws NacreError "option" until inspection knows pictures: the one place where it is plugged in
 */
export async function inspectPictureFile(
  _codec: PictureCodec,
  _file: Uint8Array,
  _options: PictureLayersOptions,
): Promise<LayerReport> {
  throw new NacreError("option", {
    found: "the layers of a picture",
    expected: "those of a sound, as this release inspects no pictures",
    mend: "see what a file holds with info",
  });
}
