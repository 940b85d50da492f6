/** Picture files to planes of samples and back. */

export { collectPicture } from "./collect-picture.js";
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
export {
  pictureBytes,
  pictureStreamOf,
  type WritePictureOptions,
  type WrittenPicture,
  writePicture,
} from "./write-picture.js";
