import type { PicturePlanes } from "@nacre/metrics";

/**
 * A codec of pictures that can be measured beside others.
 *
 * name      the key in results
 * label     for people
 * chroma    at which size colour is coded
 * encoder   in a sentence: which program with which options, so that others can repeat it
 * settings  what `encode` takes, from the smallest file to the best picture
 * encode    a whole file: its length is the rate that counts, headers and all
 * decode    the picture out of that file alone, of the size and peak of the original
 * stored    share of a file's tiles that another coding took over, for codecs that have a guard
 * close     lets go of what it holds, where it holds something
 */
export type Contender = {
  name: string;
  label: string;
  chroma: "4:4:4" | "4:2:0";
  encoder: string;
  settings: readonly number[];
  encode(picture: PicturePlanes, setting: number): Promise<Uint8Array>;
  decode(bytes: Uint8Array): Promise<PicturePlanes>;
  stored?(bytes: Uint8Array): number;
  close?(): Promise<void>;
};
