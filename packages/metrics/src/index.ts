export { type AudioMetric, audioMetrics } from "./audio-metrics.js";
export { melDistance, melScales } from "./mel.js";
export { logSpectralDistance, type Spectrogram, silenceFloor, spectrogram } from "./spectrogram.js";
export { estoi, stoi } from "./stoi.js";
export { loudness, siSdr, snr } from "./waveform.js";
