import type { Source } from "../source.js";

const track = /^usr\/share\/games\/nexuiz\/data\/music\.pk3\/sound\/cdtracks\/(.+)\.ogg$/;
/** By composers who have no other track here. */
const held = ["beast-of-insanity", "digital-pursuit"];

/** Techno and metal of a game, Ogg Vorbis at 44.1 kHz in stereo. */
export const nexuiz: Source = {
  name: "nexuiz",
  kind: "music",
  from: { kind: "debian", packages: ["nexuiz-music"] },
  credit: "Nexuiz (Alientrap and its composers), GPL-2.0-or-later, Debian nexuiz-music",
  held: (speaker) => held.includes(speaker),
  open: async () => (path) => {
    const name = track.exec(path)?.[1];
    // A thunderstorm at 11 kHz.
    if (name === undefined || name === "thunder") return;
    return { speaker: name, licence: "GPL-2.0-or-later" };
  },
};
