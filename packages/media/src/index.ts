/** Sound files to signals and back, and sample rates: the one room of sound that touches the disk. */

export {
  type AudioContainer,
  type OpenAudioOptions,
  type OpenedAudio,
  openAudio,
  readAudio,
} from "./open.js";
export { type ResampleOptions, resample, resampleStream } from "./resample.js";
export { collect, streamOf } from "./stream.js";
export { type BitDepth, type WavOptions, wavBytes, wavStream } from "./wav-bytes.js";
export { type WriteAudioOptions, writeAudio } from "./write-audio.js";
