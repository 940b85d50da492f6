import type { Source } from "../source.js";

const prompt =
  /^usr\/share\/asterisk\/sounds\/(?<language>[a-z]{2})_[A-Z]{2}_[fm]_(?<speaker>\w+)\/(?<name>.+)\.g722$/;
/** Tones, silence, and the shouts of weasels and monkeys. */
const noSpeech = /^silence\/|^beep|-2tone$|^confbridge-(?:join|leave)$|^tt-(?:monkeys|weasels)$/;

/** Prompts of a telephone exchange, four speakers in five languages, G.722 at 16 kHz. */
export const asterisk: Source = {
  name: "asterisk",
  kind: "speech",
  from: {
    kind: "debian",
    packages: ["en", "es", "fr", "it", "ru"].map((language) => `asterisk-core-sounds-${language}-g722`),
  },
  credit:
    "Asterisk core sounds (A. Smith, J. Wallack, C. Flora, M. Topal), CC-BY-SA-3.0 and CC-BY-3.0, Debian asterisk-core-sounds-*-g722",
  held: () => false,
  open: async () => (path) => {
    const { language, speaker, name } = prompt.exec(path)?.groups ?? {};
    if (language === undefined || speaker === undefined || noSpeech.test(name!)) return;
    return { speaker, licence: ["it", "ru"].includes(language) ? "CC-BY-3.0" : "CC-BY-SA-3.0" };
  },
};
