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
  const shifted = Array.from({ length: hops }, (_, i) => slice(padded, 1, i, i + frames));
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
