import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { naming } from "@nacre/errors";
import { copyrightOf, firstHolder, readCopyright } from "../../debian-copyright.js";
import type { PhotographSource } from "../photograph-source.js";

/** The photographs among the wallpapers; the others are drawn or computed. By folder of the source package. */
const photographs: Readonly<Record<string, readonly string[]>> = {
  "16.04": [
    "aitzgorri_by_Aitzol_Berasategi",
    "Bridge_by_Sander_Klootwijk",
    "Dragonfly_by_Bolly",
    "free_by_Peter_Nerlich",
    "friends_by_Aitzol_Berasategi",
    "greentock_by_Peter_Nerlich",
    "life_by_Aitzol_Berasategi",
    "picosdeeuropa_by_Aitzol_Berasategi",
    "Picture_0B_by_freespace",
    "Picture_1A_by_freespace",
    "seeding_by_Clements_Engelhardt",
    "sunset_by_Aitzol_Berasategi",
    "Wine_by_Jakkub_Mede",
  ],
  "20.04": ["Kleiber_by_Lukas_Baubkus"],
};

const wallpaper = /^usr\/share\/backgrounds\/([\w-]+)\.jpg$/;

/** Wallpapers of a mobile system, JPEG of 1 to 20 megapixels; the copyright file names the author of each. */
export const lomiri: PhotographSource = {
  name: "lomiri",
  from: {
    kind: "debian",
    packages: Object.keys(photographs).map((release) => `lomiri-wallpapers-${release}`),
  },
  credit:
    "Lomiri wallpapers (their photographers), CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0 or CC0-1.0 per file, Debian lomiri-wallpapers-*",
  licenceStated: true,
  open: async (root) => {
    // Every package has the copyright file of the whole.
    const documents = join(root, "usr/share/doc");
    const [name = lomiri.name] = (await naming(documents, readdir(documents))).sort();
    const parts = await readCopyright(root, name);
    return (path) => {
      const picture = wallpaper.exec(path)?.[1];
      const [release] = Object.entries(photographs).find(([, names]) => names.includes(picture!)) ?? [];
      const stated = copyrightOf(parts, `${release}/${picture}.jpg`);
      if (release === undefined || !stated) return;
      return { photographer: firstHolder(stated), licence: stated.licence };
    };
  },
};
