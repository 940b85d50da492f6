import type { Values } from "@nacre/runtime";
import { type CodeAxis, type CodeLayout, layersIn } from "./code-layout.js";
import type { OnnxPort } from "./onnx-ports.js";
import type { PairDoors } from "./pair-doors.js";
import { type CodeOrder, longestProbe, noise, type ProbedPair, tried, unfitPair } from "./probe.js";

/** Codes of one run: how many samples went in, and the tensors that came out. */
export type Observed = { samples: number; found: Values };

/**
 * What running an encoder shows.
 *
 * length    samples that it always takes; absent where it takes any number
 * observed  two runs of different lengths, or the one that there can be
 */
export type ProbedEncoder = { length?: number; layers: number; codes: CodeLayout; observed: Observed[] };

const orders: Readonly<Record<CodeOrder, readonly CodeAxis[]>> = {
  "batch-layers-frames": ["one", "layers", "frames"],
  "layers-batch-frames": ["layers", "one", "frames"],
  "batch-frames-layers": ["one", "frames", "layers"],
};

// A whole number of frames for the hops that codecs have: it is a multiple of 320, 480, 512, 640, 960, 1920 and 2048.
const usualProbe = 61_440;

/**
 * Runs an encoder on noise and finds how its codes lie.
 *
 * throws NacreError "model" when it cannot be run, or its codes are no [layers, frames] in any order
 */
export async function probeEncoder(
  { samplesIn, codesOut }: PairDoors,
  pair: ProbedPair,
): Promise<ProbedEncoder> {
  const { hop, sampleRate, layout } = pair.options;
  const length = samplesIn.shape.at(-1);
  const tries = length === undefined ? [hop ? 64 * hop : usualProbe, sampleRate] : [length];
  const observed: Observed[] = [];
  for (const samples of tries) {
    if (observed.length > 0) break;
    const lengths = length === undefined ? [samples, 2 * samples] : [samples];
    const runs = await tried(() => inTurn(lengths, (each) => observe(pair, samplesIn, each)));
    if ("value" in runs) observed.push(...runs.value);
    else if (samples === tries.at(-1)) throw cannotRun(samples, runs.reason);
  }
  const names = codesOut.map(({ name }) => name);
  const shapes = observed.map(({ found }) => names.map((name) => found[name]!.shape));
  const axes = shapes[1] ? axesOfTwo(shapes[0]!, shapes[1], layout) : axesOfOne(shapes[0]!, layout);
  const codes = { names, axes };
  const layers = layersIn(codes, shapes[0]![0]!);
  if (layers > 64)
    throw unfitPair(`codes of ${layers} layers`, "at most 64", "say how they lie with --layout");
  return { ...(length === undefined ? {} : { length }), layers, codes, observed };
}

/** Runs an encoder on noise of so many samples. */
export async function observe({ encoder }: ProbedPair, port: OnnxPort, samples: number): Promise<Observed> {
  if (samples > longestProbe) throw unfitPair(`a probe of ${samples} samples`, `at most ${longestProbe}`);
  const shape = [...port.shape.slice(0, -1).map(() => 1), samples];
  const data = noise(samples, 0.3, 1);
  return { samples, found: await encoder.run({ [port.name]: { type: "float32", shape, data } }) };
}

/** The number of frames that a run gave. */
export function framesOf({ names, axes }: CodeLayout, { found }: Observed): number {
  return found[names[0]!]!.shape[axes.indexOf("frames")]!;
}

type Shape = readonly number[];

function axesOfTwo(
  first: readonly Shape[],
  second: readonly Shape[],
  layout: CodeOrder | undefined,
): CodeAxis[] {
  const [shape, longer] = [sameShape(first), sameShape(second)];
  const growing = shape.flatMap((size, axis) => (size === longer[axis] ? [] : [axis]));
  if (growing.length !== 1) throw noCodes(shape, `${growing.length} axes that grow with the sound`);
  const others = shape.flatMap((size, axis) => (size > 1 && axis !== growing[0] ? [axis] : []));
  if (others.length > (first.length === 1 ? 1 : 0)) throw noCodes(shape, "more axes than layers and frames");
  const found = shape.map(
    (_, axis): CodeAxis => (axis === growing[0] ? "frames" : axis === others[0] ? "layers" : "one"),
  );
  if (layout && first.length === 1 && shape.length === 3) {
    const said = orders[layout];
    if (
      said.indexOf("frames") === growing[0] &&
      (others.length === 0 || said.indexOf("layers") === others[0])
    )
      return [...said];
    throw noCodes(shape, `frames along axis ${growing[0]! + 1}, where --layout says ${layout}`);
  }
  return found;
}

function axesOfOne(shapes: readonly Shape[], layout: CodeOrder | undefined): CodeAxis[] {
  const shape = sameShape(shapes);
  const large = shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  if (layout && shapes.length === 1 && shape.length === 3) return [...orders[layout]];
  if (large.length > 2 || (large.length > 1 && shapes.length > 1))
    throw noCodes(shape, "more axes than layers and frames");
  const frames = large.at(-1) ?? shape.length - 1;
  const layers = large.length === 2 ? large[0] : undefined;
  return shape.map((_, axis) => (axis === frames ? "frames" : axis === layers ? "layers" : "one"));
}

function sameShape(shapes: readonly Shape[]): Shape {
  const [shape] = shapes as [Shape];
  const other = shapes.find((each) => each.join() !== shape.join());
  if (!other) return shape;
  throw unfitPair(
    `layers of codes of different sizes, [${shape.join(", ")}] and [${other.join(", ")}]`,
    "one frame rate for all layers",
  );
}

function noCodes(shape: Shape, found: string) {
  return unfitPair(
    `codes of shape [${shape.join(", ")}] with ${found}`,
    "[1, layers, frames] in some order",
    "say how they lie with --layout, or export the codes alone",
  );
}

function cannotRun(samples: number, reason: string) {
  return unfitPair(
    `an encoder that cannot be run on ${samples} samples (${reason})`,
    "one that takes any number of whole frames",
    "name the samples of a frame with --hop",
  );
}

async function inTurn<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
