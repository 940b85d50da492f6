import type { Source } from "../source.js";

const clip = /^audio_data\/librispeech_train-clean-100\/(\d+)-\d+-\d+\.flac$/;

/** 251 readers of LibriSpeech train-clean-100, one utterance each, 16 kHz FLAC. */
export const librispeech: Source = {
  name: "librispeech",
  kind: "speech",
  from: { kind: "git", url: "https://github.com/resemble-ai/Resemblyzer" },
  credit:
    "LibriSpeech train-clean-100 (V. Panayotov et al. 2015), CC-BY-4.0, the sample in resemble-ai/Resemblyzer",
  held: (speaker) => Number(speaker) % 20 === 3,
  open: async () => (path) => {
    const speaker = clip.exec(path)?.[1];
    // Reader 1088 also speaks in sound that measuring uses.
    return speaker === undefined || speaker === "1088" ? undefined : { speaker, licence: "CC-BY-4.0" };
  },
};
