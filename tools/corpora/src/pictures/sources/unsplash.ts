import type { PhotographSource } from "../photograph-source.js";

// The site names a download after the photographer and eleven characters that stand for the picture.
const download = /^(?:Unsplash\/jpg_original\/)?(?<photographer>[a-z\d-]+)-[\w-]{11}-unsplash\.jpg$/;

/** Large photographs of many subjects, each by someone else, JPEG of 4 to 25 megapixels. */
export const unsplash: PhotographSource = {
  name: "unsplash",
  from: { kind: "git", url: "https://github.com/SqueezeSoftware/test_files" },
  credit: "Unsplash (its photographers), Unsplash License, as held in SqueezeSoftware/test_files",
  licenceStated: true,
  open: async () => (path) => {
    const { photographer } = download.exec(path)?.groups ?? {};
    return photographer === undefined ? undefined : { photographer, licence: "Unsplash License" };
  },
};
