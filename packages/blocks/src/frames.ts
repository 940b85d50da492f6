import { assert, NacreError } from "@nacre/errors";
import { add, concat, pad, reshape, slice, type Tensor } from "@nacre/graph";

/** Length of a frame's window and samples from one frame to the next; window is a multiple of hop. */
export type Framing = { window: number; hop: number };

/** How many hops a window spans. */
export function hopsPerWindow({ window, hop }: Framing): number {
  assert(window % hop === 0, `window ${window} is a multiple of hop ${hop}`);
  return window / hop;
}

/**
 * Cuts samples into overlapping frames. Frame t spans samples (t+1)*hop - window .. (t+1)*hop: it
 * ends with its own hop and looks only back; before the first sample there are zeros.
 *
 * samples  [B, T*hop]
 * returns  [B, T, window]
 * throws   NacreError "shape" when samples are not whole hops
 *
 * A window is some whole hops, so frames are shifted copies side by side: no gather.
 */
export function windowedFrames(samples: Tensor, framing: Framing): Tensor {
  const { hop } = framing;
  const hops = hopsPerWindow(framing);
  const [batch, length] = samples.shape;
  if (samples.shape.length !== 2 || length === undefined || length < hop || length % hop !== 0) {
    throw new NacreError("shape", {
      found: `samples have shape [${samples.shape.join(", ")}]`,
      expected: `[batch, frames * ${hop}] with at least one frame`,
      mend: "pad the signal to whole hops",
    });
  }
  const frames = length / hop;
  const own = reshape(samples, [batch!, frames, hop]);
  if (hops === 1) return own;
  const padded = pad(own, [
    [0, 0],
    [hops - 1, 0],
    [0, 0],
  ]);
  return shiftedSideBySide(padded, hops);
}

/**
 * The frames of `windowedFrames` that lie whole within the samples, for running: the first hops - 1, which
 * would begin with zeros, are left out.
 *
 * samples  [B, T*hop], T at least the hops of a window
 * returns  [B, T - hops + 1, window]
 */
export function wholeFrames(samples: Tensor, framing: Framing): Tensor {
  const [batch, length] = samples.shape as [number, number];
  const own = reshape(samples, [batch, length / framing.hop, framing.hop]);
  return shiftedSideBySide(own, hopsPerWindow(framing));
}

/** own [B, T, hop] -> [B, T - hops + 1, hops * hop]: each row beside those after it. */
function shiftedSideBySide(own: Tensor, hops: number): Tensor {
  if (hops === 1) return own;
  const frames = own.shape[1]! - hops + 1;
  const shifted = Array.from({ length: hops }, (_, i) => slice(own, 1, i, i + frames));
  return concat(shifted, 2);
}

/**
 * Lays frames back where `windowedFrames` took them and adds up. What lies before sample 0 is
 * dropped; the last window - hop samples lack the frames that would come after.
 *
 * frames   [B, T, window]
 * returns  [B, T*hop]
 */
export function overlapAdd(frames: Tensor, framing: Framing): Tensor {
  const { hop, window } = framing;
  const [batch, count, width] = frames.shape;
  if (frames.shape.length !== 3 || width !== window) {
    throw new NacreError("shape", {
      found: `frames have shape [${frames.shape.join(", ")}]`,
      expected: `[batch, frames, ${window}]`,
    });
  }
  const last = hopsPerWindow(framing) - 1;
  let total = slice(frames, 2, last * hop, window);
  // Part i of frame t belongs to hop t - (last - i): hop j finds it `shift` frames later.
  for (let shift = 1; shift <= Math.min(last, count! - 1); shift += 1) {
    const part = slice(frames, 2, (last - shift) * hop, (last - shift + 1) * hop);
    const moved = pad(slice(part, 1, shift, count!), [
      [0, 0],
      [0, shift],
      [0, 0],
    ]);
    total = add(total, moved);
  }
  return reshape(total, [batch!, count! * hop]);
}

/**
 * The hops of `overlapAdd` that all their frames are there for, for running: the last hops - 1 are left out.
 *
 * frames   [B, T, window], T at least the hops of a window
 * returns  [B, (T - hops + 1) * hop]
 */
export function wholeOverlapAdd(frames: Tensor, framing: Framing): Tensor {
  const { hop } = framing;
  const [batch, count] = frames.shape as [number, number];
  const hops = hopsPerWindow(framing);
  const whole = count - hops + 1;
  // As above: part i of frame t belongs to hop t - (last - i).
  const parts = Array.from({ length: hops }, (_, shift) => {
    const part = slice(frames, 2, (hops - 1 - shift) * hop, (hops - shift) * hop);
    return slice(part, 1, shift, shift + whole);
  });
  return reshape(
    parts.reduce((total, part) => add(total, part)),
    [batch, whole * hop],
  );
}
