import type { Source } from "./source.js";
import { asterisk } from "./sources/asterisk.js";
import { festvoxRussian } from "./sources/festvox-russian.js";
import { gcompris } from "./sources/gcompris.js";
import { klettres } from "./sources/klettres.js";
import { librispeech } from "./sources/librispeech.js";
import { nexuiz } from "./sources/nexuiz.js";
import { sonicPi } from "./sources/sonic-pi.js";
import { tuxPaint } from "./sources/tux-paint.js";
import { ufoai } from "./sources/ufoai.js";
import { wesnoth } from "./sources/wesnoth.js";

/** Sources of speech and music; adding one is a file and a line here. */
export const sources: readonly Source[] = [
  gcompris,
  librispeech,
  festvoxRussian,
  tuxPaint,
  asterisk,
  klettres,
  wesnoth,
  ufoai,
  nexuiz,
  sonicPi,
];
