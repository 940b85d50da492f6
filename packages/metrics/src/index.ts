export { type AudioMetric, audioMetrics } from "./audio-metrics.js";
export {
  type BdOptions,
  type BjontegaardDelta,
  bdPoints,
  bdPsnr,
  bdRate,
  type CurveFit,
  type RatePoint,
} from "./bd-rate.js";
export { type Interval, meanInterval } from "./mean-interval.js";
export { melDistance, melScales } from "./mel.js";
export { msSsim, msSsimDecibels, msSsimSide, similarityDecibels } from "./ms-ssim.js";
export type { PictureChannel, PicturePlanes } from "./picture.js";
export { type PictureMetric, pictureMeasures, pictureMetrics } from "./picture-metrics.js";
export { psnrRgb, psnrYuv, type YuvAverage, type YuvMatrix } from "./psnr.js";
export { logSpectralDistance, type Spectrogram, silenceFloor, spectrogram } from "./spectrogram.js";
export { ssim, ssimWindow } from "./ssim.js";
export { estoi, stoi } from "./stoi.js";
export { uniform } from "./uniform.js";
export { loudness, siSdr, snr } from "./waveform.js";
