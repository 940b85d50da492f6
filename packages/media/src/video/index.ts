/** Video files to frames and back; what only a library can read is read through it where it is installed. */

export { type ColourRules, frameToPicture, pictureToFrame } from "./colour.js";
export { mp4File, type WrittenMp4 } from "./container-write.js";
export { type OpenedVideoFile, type OpenVideoOptions, openVideo } from "./open-video.js";
export { planeSizes } from "./planes.js";
export { defaultMaxFramePixels, type OpenedVideo, type OpenY4mOptions, openY4m } from "./y4m-read.js";
export { y4mStream } from "./y4m-write.js";
