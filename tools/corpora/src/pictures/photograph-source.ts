import type { Origin } from "../fetch.js";

/** What a source says of one of its pictures. */
export type Photograph = {
  /** Who took it, or the picture itself where nobody is named; all of a photographer is in one split. */
  photographer: string;
  /** As the source states it for this picture. */
  licence: string;
};

/** Where photographs come from, and which files they are. */
export type PhotographSource = Origin & {
  /** Where the whole states its licence, for the model's card. */
  credit: string;
  /** False where no licence is stated picture by picture: then it is packed only when it is named. */
  licenceStated: boolean;
  /** True where the source has made its pictures smaller itself, so that no compression is left to hide. */
  reduced?: boolean;
  /**
   * Reads whatever lists the pictures, and returns the rule that names their photographers.
   *
   * root     folder of the fetched source
   * returns  of a path relative to root, with slashes: what is known, or nothing when it is not to be used
   */
  open: (root: string) => Promise<(path: string) => Photograph | undefined>;
};

/** What stands for a licence that the source does not state; a shipped model's card can find it. */
export const licenceNotStated = "per picture, not stated";
