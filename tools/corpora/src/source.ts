import type { ClipKind } from "@nacre/training";
import type { Origin } from "./fetch.js";

/** What a source says of one of its files. */
export type Recording = {
  /**
   * Who speaks, as finely as the source tells; of music the track, or whose it is. All of a speaker is in
   * one split.
   */
  speaker: string;
  /** As the source states it for this file. */
  licence: string;
};

/** Where a corpus comes from, and which of its files are taken. */
export type Source = Origin & {
  kind: ClipKind;
  /** Where the whole states its licence, for the model's card. */
  credit: string;
  /** Speakers that are never trained on. */
  held: (speaker: string) => boolean;
  /**
   * Reads whatever lists the files, and returns the rule that names their speakers.
   *
   * root     folder of the fetched source
   * returns  of a path relative to root: what is known, or nothing when it is not to be used. A file in a
   *          zip archive has the archive's path and its own, joined by a slash.
   */
  open: (root: string) => Promise<(path: string) => Recording | undefined>;
};
