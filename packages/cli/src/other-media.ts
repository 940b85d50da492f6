import type { StreamHeader } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { Medium } from "./medium.js";

/** What files of each medium hold, and whose they are. */
const media: Readonly<Record<StreamHeader["media"], { noun: string; program: string }>> = {
  audio: { noun: "sound", program: "nacre-audio" },
  image: { noun: "picture", program: "nacre-image" },
  video: { noun: "video", program: "nacre-video" },
};

/**
 * Refuses a .nacre file of another medium.
 *
 * name    of the file, for the sentence
 * throws  NacreError "media" that names the program which takes it
 */
export function checkMedia(
  medium: Medium,
  { media: found }: Pick<StreamHeader, "media">,
  name: string,
): void {
  if (found === medium.media) return;
  const { noun, program } = media[found];
  throw new NacreError("media", {
    found: `${name} holds a ${noun}`,
    expected: `a ${medium.noun}`,
    mend: `use ${program}`,
  });
}
