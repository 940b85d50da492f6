/** Sound files to signals and back, and sample rates: the one room of sound that touches the disk. */

export {
  type AudioContainer,
  type OpenAudioOptions,
  type OpenedAudio,
  openAudio,
  readAudio,
} from "./open.js";
export { type ResampleOptions, resample, resampleStream } from "./resample.js";
export { throughOpus } from "./sound-codecs/opus.js";
export type { SoundCodec } from "./sound-codecs/sound-codec.js";
export { soundCodecs } from "./sound-codecs/sound-codecs.js";
export { collect, streamOf } from "./stream.js";
export { type BitDepth, type WavOptions, wavBytes, wavStream } from "./wav-bytes.js";
export { type WriteAudioOptions, writeAudio } from "./write-audio.js";
