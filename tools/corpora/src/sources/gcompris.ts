import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recording, Source } from "../source.js";

/** Volunteers in 43 languages, Ogg Vorbis at 44.1 kHz; one LICENSE file names author and licence of each file. */
export const gcompris: Source = {
  name: "gcompris",
  kind: "speech",
  from: { kind: "git", url: "https://github.com/gcompris/GCompris-voices" },
  credit: "GCompris voices (its volunteers), GPL or CC BY-SA per file as its LICENSE states",
  held: (speaker) => heldVoices.some((name) => speaker.includes(name)),
  open: async (root) => {
    const known = parseLicences(await readFile(join(root, "LICENSE"), "utf8"));
    return (path) => known.get(path);
  },
};

const heldVoices = ["Saša Batistič", "Feng Jie", "Hermien Bos", "Magdalena Rostkowska"];

/**
 * Reads the list: a line "./de/words:" begins a folder, a line "name.ogg  author / licence" names a file.
 * Files without a licence are not listed in the result.
 */
export function parseLicences(text: string): Map<string, Recording> {
  const known = new Map<string, Recording>();
  let folder = "";
  for (const line of text.split("\n")) {
    const opened = /^\.\/(.*):\s*$/.exec(line);
    if (opened) {
      folder = opened[1]!;
      continue;
    }
    const [, name, rest] = /^(\S+\.ogg)\s+(.+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const statement = rest.trim();
    const [, author, licence] = /^(.*?)\s*\/\s*([^/]*)$/.exec(statement) ?? [];
    known.set(`${folder}/${name}`, {
      speaker: author || folder.split("/")[0]!,
      licence: licence || statement,
    });
  }
  return known;
}
