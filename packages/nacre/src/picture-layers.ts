import type { PictureCodec } from "@nacre/codec";
import { type BitMap, inspectLayers, type PictureReport } from "@nacre/inspect";
import { collectPicture } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";
import { pictureSubjectOf } from "./picture-subject.js";

/** How layers of a picture are looked at. */
export type PictureLayersOptions = {
  /** The picture that a file was made from; without it a file's quality is not measured. */
  original?: Picture;
  /** Prefixes decoded, of how many. */
  progress?: (done: number, total: number) => void;
  /** Every prefix as it is decoded to be measured, to be drawn without decoding again. */
  onDecoded?: (layers: number, picture: Picture) => void;
  /** Where the bits of every layer are, in the order of the report. */
  onMaps?: (maps: readonly BitMap[]) => void;
};

/**
 * What each layer of a picture's file costs and carries.
 *
 * throws NacreError "bitstream", "version" or "model" for a file that the codec cannot decode
 */
export function inspectPictureFile(
  codec: PictureCodec,
  file: Uint8Array,
  { original, progress, onDecoded, onMaps }: PictureLayersOptions,
): Promise<PictureReport> {
  const subject = pictureSubjectOf(codec, file, original, async (options) => {
    const picture = await collectPicture(await codec.decode(once(file), options));
    onDecoded?.(options.layers!, picture);
    return picture;
  });
  onMaps?.(subject.layers.map((_, layer) => subject.bitMap!(layer)));
  return inspectLayers(subject, progress ? { progress } : {});
}

async function* once(file: Uint8Array) {
  yield file;
}
