import type { Source } from "../source.js";

const spoken = /^usr\/share\/klettres\/(\w+)\/(?:alpha|syllab)\/.+\.ogg$/;

/** Letters and syllables in two dozen languages, Ogg Vorbis at 44.1 kHz. */
export const klettres: Source = {
  name: "klettres",
  kind: "speech",
  from: { kind: "debian", packages: ["klettres-data"] },
  credit: "KLettres (A.-M. Mahfouf et al.), GPL-2.0-or-later, Debian klettres-data",
  // The voices have no names here: one may be the Lithuanian or Dutch that Tux Paint holds.
  held: (speaker) => ["lt", "nl"].includes(speaker),
  open: async () => (path) => {
    const language = spoken.exec(path)?.[1];
    return language === undefined ? undefined : { speaker: language, licence: "GPL-2.0-or-later" };
  },
};
