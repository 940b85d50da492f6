/** Video files to frames and back: what needs no library. */

export { type ColourRules, frameToPicture, pictureToFrame } from "./colour.js";
export { planeSizes } from "./planes.js";
export { defaultMaxFramePixels, type OpenedVideo, type OpenY4mOptions, openY4m } from "./y4m-read.js";
export { y4mStream } from "./y4m-write.js";
