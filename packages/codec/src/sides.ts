import type { ReceptiveField } from "@nacre/blocks";
import { wholeGroups } from "./inner-windows.js";
import type { Model } from "./model.js";

/**
 * What cutting a signal needs to know of one side of a model: frames of context beside what is kept, in whole groups of those
 * that are coded together, and whether the
 * side has ends of its own, so that windows lie inside the signal.
 */
export type Side = ReceptiveField & { ownEnds: boolean };

/** The encoder's or the decoder's. */
export function sideOf(model: Model, side: "encoder" | "decoder"): Side {
  if (model.kind === "onnx-pair") {
    const { past, future } = model.config[side];
    return { past, future, ownEnds: true };
  }
  const { network, config } = model[side];
  const { receptiveField, ownEnds = false } = network.describe(config);
  const whole = (frames: number) => wholeGroups(frames, model.framesTogether);
  return { past: whole(receptiveField.past), future: whole(receptiveField.future), ownEnds };
}

/**
 * Frames coded beyond the last sample: two, so that the decoder's overlapping windows cover the last samples too, none
 * for a network that ends as its frames do, and what a pair of ONNX files was found to need.
 */
export function tailFrames(model: Model): number {
  if (model.kind === "onnx-pair") return model.config.tail;
  return sideOf(model, "decoder").ownEnds ? 0 : 2;
}
