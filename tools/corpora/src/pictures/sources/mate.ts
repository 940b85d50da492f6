import { copyrightOf, firstHolder, readCopyright } from "../../debian-copyright.js";
import type { PhotographSource } from "../photograph-source.js";

const nature = /^usr\/share\/backgrounds\/mate\/(nature\/\w+\.jpg)$/;

/** Landscapes and small things of a desktop, JPEG of 1 to 5 megapixels; the rest of the package is drawn. */
export const mate: PhotographSource = {
  name: "mate",
  from: { kind: "debian", packages: ["mate-backgrounds"] },
  credit: "MATE backgrounds (their photographers), GPL-2.0-or-later, Debian mate-backgrounds",
  licenceStated: true,
  open: async (root) => {
    const parts = await readCopyright(root, "mate-backgrounds");
    return (path) => {
      const name = nature.exec(path)?.[1];
      const stated = name === undefined ? undefined : copyrightOf(parts, name);
      return stated && { photographer: firstHolder(stated), licence: stated.licence };
    };
  },
};
