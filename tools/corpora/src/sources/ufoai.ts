import { copyrightOf, readCopyright } from "../debian-copyright.js";
import type { Source } from "../source.js";

const track = /^usr\/share\/games\/ufoai\/base\/0music\.pk3\/music\/(.+)\.ogg$/;
/** By composers who have no other track here. */
const held = ["azrael1", "karlmacklin_geoscape", "TheThings-Slippycurb"];

/** Electronic, rock and ambient music of a game, Ogg Vorbis at 44.1 kHz in stereo. */
export const ufoai: Source = {
  name: "ufoai",
  kind: "music",
  from: { kind: "debian", packages: ["ufoai-music"] },
  credit:
    "UFO: Alien Invasion (its composers), GPL-2.0, CC-BY-SA-3.0, CC-BY-3.0 or public domain per file, Debian ufoai-music",
  held: (speaker) => held.includes(speaker),
  open: async (root) => {
    const parts = await readCopyright(root, "ufoai-music");
    return (path) => {
      const name = track.exec(path)?.[1];
      const stated = copyrightOf(parts, `base/music/${name}.ogg`);
      return name === undefined || !stated ? undefined : { speaker: name, licence: stated.licence };
    };
  },
};
