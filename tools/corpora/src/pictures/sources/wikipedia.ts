import { licenceNotStated, type PhotographSource } from "../photograph-source.js";

const picture = /^(?:wikipedia-photos\/)?(\d{3})\.png$/;

/**
 * Photographs of Wikimedia Commons, made smaller by who gathered them, PNG of about a megapixel. Their licences
 * stand on pages of their own, and which page is whose is not said.
 */
export const wikipedia: PhotographSource = {
  name: "wikipedia",
  from: { kind: "git", url: "https://github.com/Zelex/images" },
  credit: "Wikimedia Commons (its photographers), a licence for each at its page, as held in Zelex/images",
  licenceStated: false,
  reduced: true,
  open: async () => (path) => {
    const number = picture.exec(path)?.[1];
    return number === undefined
      ? undefined
      : { photographer: `wikipedia ${number}`, licence: licenceNotStated };
  },
};
