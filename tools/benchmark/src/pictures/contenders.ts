import type { Contender } from "./contender.js";
import { baselines } from "./sharp-contenders.js";

/** Every codec that `pictures` knows; adding one is a file and a line here. The first is what others are held against. */
export const pictureContenders: readonly Contender[] = [...baselines];
