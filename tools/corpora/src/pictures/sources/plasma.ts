import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { z } from "zod";
import type { Photograph, PhotographSource } from "../photograph-source.js";

/** The photographs among the wallpapers; the others are drawn or computed. */
const photographs: readonly string[] = [
  "BytheWater",
  "ColdRipple",
  "ColorfulCups",
  "DarkestHour",
  "EveningGlow",
  "FallenLeaf",
  "Grey",
  "Kite",
  "OneStandsOut",
  "Path",
  "summer_1am",
];

const folder = "usr/share/wallpapers";
// The other resolutions are links to this one.
const largest = new RegExp(`^${folder}/(\\w+)/contents/images/2560x1600\\.jpg$`);

const aboutSchema = z.object({
  KPlugin: z.object({ Authors: z.tuple([z.object({ Name: z.string() })], z.unknown()), License: z.string() }),
});

/** Wallpapers of a desktop, JPEG of 4 megapixels; a file beside each names its author and licence. */
export const plasma: PhotographSource = {
  name: "plasma",
  from: { kind: "debian", packages: ["plasma-workspace-wallpapers"] },
  credit:
    "Plasma workspace wallpapers (their photographers), LGPL-3.0 as the metadata of each states, Debian plasma-workspace-wallpapers",
  licenceStated: true,
  open: async (root) => {
    const known = new Map<string, Photograph>();
    for (const name of photographs) known.set(name, await readAbout(join(root, folder, name)));
    return (path) => known.get(largest.exec(path)?.[1] ?? "");
  },
};

async function readAbout(wallpaper: string): Promise<Photograph> {
  const path = join(wallpaper, "metadata.json");
  try {
    const { KPlugin } = aboutSchema.parse(JSON.parse(await readFile(path, "utf8")));
    return { photographer: KPlugin.Authors[0].Name, licence: KPlugin.License };
  } catch (cause) {
    throw new NacreError(
      "media",
      {
        found: `${path} does not name an author and a licence`,
        expected: "the unpacked package plasma-workspace-wallpapers",
      },
      { cause },
    );
  }
}
