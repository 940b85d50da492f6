import type { PhotographSource } from "./photograph-source.js";
import { lomiri } from "./sources/lomiri.js";
import { mate } from "./sources/mate.js";
import { plasma } from "./sources/plasma.js";
import { unsplash } from "./sources/unsplash.js";
import { wikipedia } from "./sources/wikipedia.js";

/** Sources of photographs; adding one is a file and a line here. */
export const photographSources: readonly PhotographSource[] = [unsplash, lomiri, mate, plasma, wikipedia];
