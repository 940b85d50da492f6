/** Float64 convolutions: every input place, kernel tap and output place that meet, one product each. */
import type { Shape } from "../src/tensor.js";
import { count, type Evaluator, offset, places, read, type Value } from "./value.js";

type Steps = {
  strides: readonly number[];
  dilations: readonly number[];
  groups: number;
  pads: readonly (readonly [number, number])[];
  outputPadding?: readonly number[];
};

/** Calls `meet` with the batch item, the places in the long and the short signal, and the tap. */
function eachMeeting(
  { strides, dilations, pads }: Steps,
  long: Shape,
  short: Shape,
  kernel: Shape,
  meet: (far: number[], near: number[], tap: number[]) => void,
): void {
  for (const near of places(short)) {
    for (const tap of places(kernel)) {
      const far = near.map((at, i) => at * strides[i]! + tap[i]! * dilations[i]! - pads[i]![0]);
      if (far.every((at, i) => at >= 0 && at < long[i]!)) meet(far, near, tap);
    }
  }
}

const reach = ({ dilations }: Steps, kernel: Shape) =>
  kernel.map((size, i) => (size - 1) * dilations[i]! + 1);

function biased(shape: Shape, bias: Value | undefined): Value {
  const data = new Float64Array(count(shape));
  if (bias) for (const place of places(shape)) data[offset(shape, place)] = bias.data[place[1]!]!;
  return { dtype: "float32", shape, data };
}

function conv([x, w, bias]: readonly Value[], steps: Steps): Value[] {
  const [batch, , ...long] = x!.shape as [number, number, ...number[]];
  const [outs, ins, ...kernel] = w!.shape as [number, number, ...number[]];
  const spans = reach(steps, kernel);
  const short = long.map((size, i) => {
    const [before, after] = steps.pads[i]!;
    return Math.floor((before + size + after - spans[i]!) / steps.strides[i]!) + 1;
  });
  const y = biased([batch, outs, ...short], bias);
  eachMeeting(steps, long, short, kernel, (far, near, tap) => {
    for (const [b, o, c] of places([batch, outs, ins])) {
      const channel = Math.floor(o! / (outs / steps.groups)) * ins + c!;
      y.data[offset(y.shape, [b!, o!, ...near])]! +=
        read(x!, [b!, channel, ...far]) * read(w!, [o!, c!, ...tap]);
    }
  });
  return [y];
}

function convTranspose([x, w, bias]: readonly Value[], steps: Steps): Value[] {
  const [batch, channels, ...short] = x!.shape as [number, number, ...number[]];
  const [, outs, ...kernel] = w!.shape as [number, number, ...number[]];
  const spans = reach(steps, kernel);
  const long = short.map((size, i) => {
    const [before, after] = steps.pads[i]!;
    return (size - 1) * steps.strides[i]! + spans[i]! + steps.outputPadding![i]! - before - after;
  });
  const y = biased([batch, outs * steps.groups, ...long], bias);
  eachMeeting(steps, long, short, kernel, (far, near, tap) => {
    for (const [b, c, o] of places([batch, channels, outs])) {
      const channel = Math.floor(c! / (channels / steps.groups)) * outs + o!;
      y.data[offset(y.shape, [b!, channel, ...far])]! +=
        read(x!, [b!, c!, ...near]) * read(w!, [c!, o!, ...tap]);
    }
  });
  return [y];
}

export const convolutions: Record<string, Evaluator> = { conv, convTranspose };
