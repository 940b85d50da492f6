import type { LayerCodes } from "../layer-codes.js";
import { blockSize, type MotionField, mostVector } from "./motion/motion-field.js";

/** A field as codes of a layer, [rows, columns, 2], across and down, mostVector standing for zero. */
export function motionCodes({ rows, columns, x, y }: MotionField): LayerCodes {
  const data = new Int32Array(2 * rows * columns);
  for (let at = 0; at < x.length; at++) {
    data[2 * at] = x[at]! + mostVector;
    data[2 * at + 1] = y[at]! + mostVector;
  }
  const side = blockSize.small;
  return {
    role: "side",
    grid: [rows, columns, 2],
    stride: [side, side, 1],
    alphabet: 2 * mostVector + 1,
    data,
  };
}
