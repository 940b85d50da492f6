import type { LayerCodes, PictureCodec } from "@nacre/codec";
import {
  type BitMap,
  type InspectOptions,
  inspectLayers,
  type PictureReport,
  type PictureSubject,
} from "@nacre/inspect";
import { collectPicture } from "@nacre/media/pictures";
import type { Picture } from "@nacre/signal";
import { pictureSubjectOf } from "./picture-subject.js";

/** How layers of a picture are looked at. */
export type PictureLayersOptions = {
  /** The picture that a file was made from; without it a file's quality is not measured. */
  original?: Picture;
  /** Names of measures, all that are cheap ("cheap", the default) or "all". */
  measures?: InspectOptions["measures"];
  /** Codes of other data by this model, as `codes` gives them, to measure how the use of codes drifts. */
  against?: LayerCodes[];
  /** Of what is drawn: sampled rows, flipped bits; 1 by default. */
  seed?: number;
  /** Flipped bits of each layer for its sensitivity; 8 by default. */
  draws?: number;
  /** Prefixes decoded, of how many; in a costly measure its parts, with its title. */
  progress?: (done: number, total: number, measure?: string) => void;
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
  { original, against, onDecoded, onMaps, ...options }: PictureLayersOptions,
): Promise<PictureReport> {
  const subject = pictureSubjectOf(codec, file, original, async (decoding) => {
    const picture = await collectPicture(await codec.decode(once(file), decoding));
    onDecoded?.(decoding.layers!, picture);
    return picture;
  });
  onMaps?.(subject.layers.map((_, layer) => subject.bitMap!(layer)));
  return inspectLayers(against ? { ...subject, against: beside(subject, against) } : subject, options);
}

/** Codes of other data in the order of the subject's layers, where alpha comes first; only one of them may have some. */
function beside({ layers }: PictureSubject, codes: readonly LayerCodes[]): PictureSubject["layers"] {
  const alpha = layers.filter(([layer]) => layer!.role === "alpha");
  const none = alpha.map(([layer]) => [{ ...layer!, data: new Int32Array(0) }]);
  return [...none, ...codes.map((layer) => [layer])];
}

async function* once(file: Uint8Array) {
  yield file;
}
