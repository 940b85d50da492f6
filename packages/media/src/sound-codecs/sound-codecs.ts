import { mp3 } from "./mp3.js";
import { opus } from "./opus.js";
import type { SoundCodec } from "./sound-codec.js";

/** Every codec that sounds can be compared with; adding one is a file and a line here. */
export const soundCodecs: readonly SoundCodec[] = [opus, mp3];
