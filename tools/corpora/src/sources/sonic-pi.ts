import { copyrightOf, readCopyright } from "../debian-copyright.js";
import type { Source } from "../source.js";

const sample = /^usr\/share\/sonic-pi\/samples\/(\w+\.(?:flac|wav))$/;
/** Who made drones, a guitar and a loop. */
const held = ["kaligari", "Sub-d", "nemaavla"];

/** Drums, loops and instruments, lossless at 44.1 kHz; the copyright file names the author of each. */
export const sonicPi: Source = {
  name: "sonic-pi",
  kind: "music",
  from: { kind: "debian", packages: ["sonic-pi-samples"] },
  credit:
    "Sonic Pi samples (S. Aaron, authors at freesound.org), CC0 or MIT per file, Debian sonic-pi-samples",
  held: (speaker) => held.includes(speaker),
  open: async (root) => {
    const parts = await readCopyright(root, "sonic-pi-samples");
    return (path) => {
      const name = sample.exec(path)?.[1];
      const stated = copyrightOf(parts, `etc/samples/${name}`);
      // The loop of samples/music.wav is measured with.
      return name === undefined || name === "loop_garzul.flac" || !stated
        ? undefined
        : { speaker: stated.holders, licence: stated.licence };
    };
  },
};
