import type { Source } from "../source.js";

const spoken = /^usr\/share\/tuxpaint\/stamps\/.*_((?:desc_)?)([a-z]{2}(?:_[A-Z]{2})?)\.ogg$/;

/** Names and descriptions of stamps read aloud in a dozen languages, Ogg Vorbis at 44.1 kHz. */
export const tuxPaint: Source = {
  name: "tux-paint",
  kind: "speech",
  from: { kind: "debian", packages: ["tuxpaint-stamps-default"] },
  credit: "Tux Paint stamps (the Tux Paint developers), GPL-2.0-or-later, Debian tuxpaint-stamps-default",
  held: (speaker) => ["lt", "nl"].includes(speaker),
  // A file without a language in its name is a sound effect.
  open: async () => (path) => {
    const language = spoken.exec(path)?.[2];
    return language === undefined ? undefined : { speaker: language, licence: "GPL-2.0-or-later" };
  },
};
