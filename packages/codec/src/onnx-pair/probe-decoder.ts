import { type CodeAxis, type CodeLayout, codeFeeds } from "./code-layout.js";
import type { PairDoors } from "./pair-doors.js";
import { type ProbedPair, randomCodes, tried, unfitPair } from "./probe.js";

/**
 * What running a decoder shows.
 *
 * frames  that it always takes; absent where it takes any number
 * hop     samples of a frame
 * short   samples that it gives fewer than those of its frames; negative for more
 */
export type ProbedDecoder = {
  frames?: number;
  codes: CodeLayout;
  type: "int32" | "int64";
  hop: number;
  short: number;
};

/** Frames of a first run; a second one has twice as many. */
const few = 40;

/**
 * Runs a decoder on random codes below `seen` and finds how it wants them and how long a frame is. Several orders of
 * axes are tried where the encoder's is not that of the decoder.
 *
 * throws NacreError "model" when none can be run, or samples do not come by the frame
 */
export async function probeDecoder(
  { codesIn, samplesOut }: PairDoors,
  pair: ProbedPair,
  encoder: { codes: CodeLayout; layers: number; seen: number; frames: number; samples: number },
): Promise<ProbedDecoder> {
  const { layers, seen } = encoder;
  if (codesIn.length > 1 && codesIn.length !== layers)
    throw unfitPair(
      `${codesIn.length} inputs of codes beside ${layers} layers of the encoder`,
      "as many, or one",
    );
  const names = codesIn.map(({ name }) => name);
  const type = codesIn[0]!.type as "int32" | "int64";
  const { shape } = codesIn[0]!;
  let failure = `${layers} layers do not fit its shape [${shape.map((size) => size ?? "?").join(", ")}]`;
  for (const axes of ordersFor(
    shape.length,
    names.length > 1 || layers === 1 ? 1 : layers,
    encoder.codes.axes,
  )) {
    if (!fitsPort(shape, axes, names.length === 1 ? layers : 1)) continue;
    const codes = { names, axes };
    const frames = shape[axes.indexOf("frames")];
    const run = async (count: number) => {
      const found = await pair.decoder.run(
        codeFeeds(codes, type, randomCodes(count * layers, seen, 2), layers),
      );
      return samplesOf(found[samplesOut.name]!.shape);
    };
    const lengths = await tried(async () =>
      frames === undefined ? [await run(few), await run(2 * few)] : [await run(frames)],
    );
    if ("reason" in lengths) {
      failure = lengths.reason;
      continue;
    }
    const [first, second] = lengths.value as [number, number | undefined];
    const hop = second === undefined ? staticHop(first, frames!, pair.options.hop) : (second - first) / few;
    if (!Number.isInteger(hop) || hop < 1)
      throw unfitPair(
        `a decoder that gives ${first} samples for ${frames ?? few} frames`,
        "so many for each frame",
        "name them with --hop",
      );
    const count = frames ?? few;
    return { ...(frames === undefined ? {} : { frames }), codes, type, hop, short: count * hop - first };
  }
  throw unfitPair(
    `a decoder that cannot be run on the encoder's ${layers} layers (${failure})`,
    "one that takes the codes of its encoder",
    "check that the files are of one codec",
  );
}

/** Whether a decoder takes its first layers alone, and gives as much sound for them. */
export async function takesPrefixes(
  { codesIn, samplesOut }: PairDoors,
  { decoder }: ProbedPair,
  { codes, type, frames = few, hop, short }: ProbedDecoder,
  layers: number,
): Promise<boolean> {
  const axis = codes.axes.indexOf("layers");
  if (layers === 1) return true;
  if (axis < 0 || codes.names.length > 1 || codesIn[0]!.shape[axis] !== undefined) return false;
  for (const used of [1, layers - 1]) {
    const found = await tried(() =>
      decoder.run(codeFeeds(codes, type, randomCodes(frames * used, 2, 3), used)),
    );
    if ("reason" in found || found.value[samplesOut.name]!.data.length !== frames * hop - short) return false;
  }
  return true;
}

// A decoder that always takes so many frames shows its hop only by dividing.
function staticHop(samples: number, frames: number, hop: number | undefined): number {
  return hop ?? Math.round(samples / frames);
}

function samplesOf(shape: readonly number[]): number {
  if (shape.slice(0, -1).every((size) => size === 1)) return shape.at(-1) ?? 0;
  throw unfitPair(
    `sound of shape [${shape.join(", ")}] from the decoder`,
    "one channel, [1, n] or [1, 1, n]",
  );
}

/** Orders of axes for a tensor of codes, the likeliest first. */
function ordersFor(rank: number, layers: number, likely: readonly CodeAxis[]): CodeAxis[][] {
  const places = Array.from({ length: rank }, (_, axis) => axis);
  const all = places.flatMap((frames) =>
    (layers === 1 ? [undefined] : places.filter((axis) => axis !== frames)).map((own) =>
      places.map((axis): CodeAxis => (axis === frames ? "frames" : axis === own ? "layers" : "one")),
    ),
  );
  // [1, layers, frames] comes before [1, frames, layers].
  const usual = all.reverse();
  const same = usual.filter((axes) => axes.join() === likely.join());
  return [...same, ...usual.filter((axes) => axes.join() !== likely.join())];
}

function fitsPort(
  shape: readonly (number | undefined)[],
  axes: readonly CodeAxis[],
  layers: number,
): boolean {
  return axes.every((axis, at) => {
    const size = shape[at];
    return size === undefined || axis === "frames" || size === (axis === "layers" ? layers : 1);
  });
}
