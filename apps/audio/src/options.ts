import { choice, positive } from "@nacre/cli";
import type { BitDepth } from "@nacre/media";

/** What encoding a sound can be asked for beside what every medium knows. */
export const encodeOptions = {
  kbps: positive(
    "-k, --kbps <x>",
    "most layers that fit: kilobits per second of the file, all channels and container included",
    { conflicts: ["layers"] },
  ),
};

/** What decoding to a sound can be asked for beside what every medium knows. */
export const decodeOptions = {
  bits: choice<BitDepth>("-b, --bits <n>", "16 (default), 24, or 32f for floats", {
    "16": 16,
    "24": 24,
    "32f": "float32",
  }),
};
