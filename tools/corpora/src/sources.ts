import type { Source } from "./source.js";
import { festvoxRussian } from "./sources/festvox-russian.js";
import { gcompris } from "./sources/gcompris.js";
import { librispeech } from "./sources/librispeech.js";
import { tuxPaint } from "./sources/tux-paint.js";

/** Sources of speech; adding one is a file and a line here. */
export const sources: readonly Source[] = [gcompris, librispeech, festvoxRussian, tuxPaint];
