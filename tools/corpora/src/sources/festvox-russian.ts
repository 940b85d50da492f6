import type { Source } from "../source.js";

const sentence = /\/wav\/ru_(\d+)\.wav$/;

/** One man reading 620 sentences in a studio, 16 kHz WAV. */
export const festvoxRussian: Source = {
  name: "festvox-russian",
  kind: "speech",
  from: { kind: "debian", packages: ["festvox-ru"] },
  credit: "Russian voice for Festival (N. V. Shmyrev 2005), BSD-like, Debian festvox-ru",
  held: () => false,
  open: async () => (path) =>
    sentence.test(path) ? { speaker: "msu_ru_nsh", licence: "BSD-like (festvox-ru)" } : undefined,
};
