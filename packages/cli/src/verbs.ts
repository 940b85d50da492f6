import type { Verb } from "./verb.js";
import { codes } from "./verbs/codes.js";
import { decode } from "./verbs/decode.js";
import { encode } from "./verbs/encode.js";
import { info } from "./verbs/info.js";
import { inspect } from "./verbs/inspect.js";
import { models } from "./verbs/models.js";
import { roundTripReport } from "./verbs/report.js";
import { train } from "./verbs/train.js";
import { trim } from "./verbs/trim.js";
import { verify } from "./verbs/verify.js";

/** Every verb of every program, in the order of its help; adding one is a file in verbs/ and a line here. */
export const verbs: readonly Verb[] = [
  encode,
  decode,
  inspect,
  roundTripReport,
  info,
  trim,
  verify,
  codes,
  train,
  models,
];
