/**
 * The codes of one layer of one channel.
 *
 * role      "content" layers add up to the signal; "side" layers serve others
 * grid      codes along each axis: [frames] for sound
 * stride    frames of the model from one code to the next, per axis
 * alphabet  number of different codes
 * data      codes, row-major over grid, each 0 .. alphabet - 1
 */
export type LayerCodes = {
  role: "content" | "side";
  grid: number[];
  stride: number[];
  alphabet: number;
  data: Int32Array;
};
