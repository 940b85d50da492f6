import type { Source } from "../source.js";

const track = /^usr\/share\/games\/wesnoth\/[\d.]+\/data\/core\/music\/(\w[\w-]*)\.ogg$/;
/** All of Jeremy Nicoll's. */
const held = ["nunc_dimittis", "vengeful"];

/** Orchestral music of a game by eleven composers, Ogg Vorbis at 44.1 kHz in stereo. */
export const wesnoth: Source = {
  name: "wesnoth",
  kind: "music",
  from: { kind: "debian", packages: ["wesnoth-1.16-music"] },
  credit: "The Battle for Wesnoth (its composers), GPL-2.0-or-later, Debian wesnoth-1.16-music",
  held: (speaker) => held.includes(speaker),
  open: async () => (path) => {
    const name = track.exec(path)?.[1];
    return name === undefined ? undefined : { speaker: name, licence: "GPL-2.0-or-later" };
  },
};
