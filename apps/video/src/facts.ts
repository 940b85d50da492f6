import { counted, type Fact } from "@nacre/cli";
import { clockTime } from "./times.js";

/**
 * A video as facts see it.
 *
 * seconds  that its frames are shown for
 * coded    frames that have codes of their own; the others are repeats. Absent where nobody counted
 */
export type Shape = { width: number; height: number; frames: number; seconds: number; coded?: number };

/** How large, how many, how long. */
export function shapeFacts({ width, height, frames, seconds, coded }: Shape): Fact[] {
  const repeats = frames - (coded ?? frames);
  return [
    { name: "size", value: [width, height], text: `${width} x ${height} pixels` },
    { name: "frames", value: frames, text: counted(frames, "frame") },
    ...(repeats > 0 ? [{ name: "repeatedFrames", value: repeats, text: `${repeats} of them repeated` }] : []),
    { name: "seconds", value: seconds, text: `${seconds.toFixed(2)} s` },
  ];
}

/** What a .nacre file of a video costs: bytes, kilobits per second, bits per pixel and frame, all of the whole file. */
export function costFacts(bytes: number, { width, height, frames, seconds }: Shape): Fact[] {
  const kbps = seconds > 0 ? (8 * bytes) / seconds / 1000 : 0;
  const bpp = frames > 0 ? (8 * bytes) / (width * height * frames) : 0;
  return [
    bytesFact(bytes),
    { name: "kbps", value: kbps, text: `${kbps.toFixed(1)} kbit/s` },
    { name: "bpp", value: bpp, text: `${bpp.toFixed(3)} bit/pixel` },
  ];
}

/** Bytes of a result. */
export function bytesFact(bytes: number): Fact {
  return { name: "bytes", value: bytes, text: counted(bytes, "byte") };
}

/** Content layers. */
export function layersFact(layers: number): Fact {
  return { name: "layers", value: layers, text: counted(layers, "layer") };
}

/** How fast it went, files included. */
export function speedFact(frames: number, begun: number): Fact {
  const rate = frames / Math.max(1e-3, (performance.now() - begun) / 1000);
  return { name: "framesPerSecond", value: rate, text: `${rate.toFixed(2)} frames/s` };
}

/** A line of progress: frames, frames per second, and the time left where the end is known. */
export function progressLabel(done: number, all: number | undefined, begun: number): string {
  const rate = done / Math.max(1e-3, (performance.now() - begun) / 1000);
  const head = `${done}${all === undefined ? "" : ` of ${all}`} frames, ${rate.toFixed(1)} frames/s`;
  return all === undefined || rate === 0 ? head : `${head}, ${clockTime((all - done) / rate)} left`;
}
