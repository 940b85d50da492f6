/** Picture files to planes of samples and back. */

export { type ClassicalCodec, classicalCodecs } from "./classical-codecs.js";
export { collectPicture } from "./collect-picture.js";
export { atEqualBytes, type EqualBytes } from "./equal-bytes.js";
export {
  defaultMaxPixels,
  type OpenedPicture,
  openPicture,
  type ReadPictureOptions,
  readPicture,
} from "./open-picture.js";
export type { PictureInput } from "./picture-bytes.js";
export { type PictureFormat, pictureFormatOf, type WritableFormat } from "./picture-format.js";
export type { PictureSettings } from "./picture-target.js";
export { plainPicture } from "./plain-picture.js";
export { tileCoder } from "./tile-coder.js";
export {
  pictureBytes,
  pictureParts,
  pictureStreamOf,
  type WritePictureOptions,
  type WrittenPicture,
  writePicture,
} from "./write-picture.js";
