import { readStream } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import { type Nacre, open } from "./open.js";
import { openPictures, type PictureNacre } from "./open-pictures.js";

/**
 * Opens the model that a file names; `model.medium` of the result tells which of the two it is.
 *
 * threads  as open and openPictures take them
 * throws   what they do, and NacreError "bitstream" for no .nacre file, "version" for a video, which
 *          openVideos takes
 */
export async function openFor(
  file: Uint8Array,
  options: { threads?: number } = {},
): Promise<Nacre | PictureNacre> {
  const { header } = readStream(file, { recover: true });
  if (header.media === "audio") return open(header.model, options);
  if (header.media === "image") return openPictures(header.model, options);
  throw new NacreError("version", {
    found: `a file of ${header.media}`,
    expected: "a sound or a picture",
    mend: "open its model with openVideos",
  });
}
