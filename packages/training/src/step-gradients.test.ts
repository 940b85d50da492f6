import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { input, reshape, slice, type Tensor } from "@nacre/graph";
import { composeResidualJvp, estimatorByName } from "@nacre/rotation-trick";
import { beforeAll, describe, expect, test } from "vitest";
import { openStep } from "../test/open-step.js";
import { dot, openGraph } from "../test/run-graph.js";
import { noise, seededRandom, tone } from "../test/sounds.js";
import { tinyRecipe } from "../test/tiny-recipe.js";
import { melLoss } from "./losses/mel.js";
import { siSdrLoss, waveformLoss } from "./losses/waveform.js";
import { viewsOf } from "./optimizer/chunks.js";
import { parameterSpecs } from "./state.js";

// No weight decay of the step can hide in the first moments, and nothing is clipped: they are the slopes.
const recipe = tinyRecipe({
  quantizer: { fullShare: 1, deadBelow: 0, startEvery: 100 },
  optimizer: { clip: 1e9 },
  losses: { mel: 1, waveform: 0.5, siSdr: 0.5, commitment: 0.25 },
});
const { batch, frames, encoder, decoder, quantizer } = recipe;
const { layers, entries } = quantizer;
const [rows, width, samples] = [batch * frames, encoder.latentDim, frames * encoder.hop];
const specs = parameterSpecs(recipe);
const random = seededRandom(5);
const audio = Float32Array.from([...tone(1, samples), ...tone(2, samples)]);
const codebooks = noise(random, layers * entries * width, 0.7);
const codes = BigInt64Array.from({ length: rows * layers }, () => BigInt(Math.floor(random() * entries)));

/** The chosen entries of each layer, [rows, width] each. */
const chosen = Array.from({ length: layers }, (_, layer) =>
  Float32Array.from({ length: rows * width }, (_, i) => {
    const code = Number(codes[Math.floor(i / width) * layers + layer]);
    return codebooks[(layer * entries + code) * width + (i % width)]!;
  }),
);
const total = chosen.reduce((a, b) => a.map((x, i) => x + b[i]!));

/** Parameters as inputs of their own. */
const parameterInputs = Object.fromEntries(
  specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
);

async function openEncoder() {
  const sound = input("audio", "float32", [batch, samples]);
  const latent = reshape(spectralEncoder.forward(encoder, parameterInputs, sound), [rows, width]);
  const own = specs.filter(({ name }) => name.startsWith("encoder")).map(({ name }) => name);
  const call = await openGraph([sound, ...own.map((name) => parameterInputs[name]!)], { latent });
  return async (values: Record<string, Float32Array>) =>
    (await call(audio, ...own.map((name) => values[name]!))).latent!;
}

async function openDecoder() {
  const [sound, quantized] = [
    input("audio", "float32", [batch, samples]),
    input("q", "float32", [rows, width]),
  ];
  const decoded = spectralDecoder.forward(
    decoder,
    parameterInputs,
    reshape(quantized, [batch, frames, width]),
  );
  const whole = (x: Tensor) => slice(x, 1, 0, samples - 1024);
  const [a, b] = [whole(sound), whole(decoded)];
  const losses = {
    mel: melLoss(a, b, encoder.sampleRate),
    waveform: waveformLoss(a, b),
    siSdr: siSdrLoss(a, b),
  };
  const own = specs.filter(({ name }) => name.startsWith("decoder")).map(({ name }) => name);
  const call = await openGraph([sound, quantized, ...own.map((name) => parameterInputs[name]!)], losses);
  return (q: Float32Array, values: Record<string, Float32Array>) =>
    call(audio, q, ...own.map((name) => values[name]!));
}

/** Mean over rows and layers of |latent - lower entries - entry|^2 / D. */
function commitment(latent: Float32Array): number {
  let sum = 0;
  const rest = Float64Array.from(latent);
  for (const entry of chosen) {
    for (let i = 0; i < rest.length; i++) {
      rest[i]! -= entry[i]!;
      sum += rest[i]! ** 2;
    }
  }
  return sum / (rows * layers * width);
}

let values: Record<string, Float32Array>;
let slopes: Record<string, Float32Array>;
/** The function whose slope the step claims: what the decoder makes of a latent moved by the estimator's map. */
let objective: (values: Record<string, Float32Array>) => Promise<number>;
let metrics: Record<string, number>;

beforeAll(async () => {
  const step = await openStep(recipe, { pinned: true });
  // A head drawn small hides what lies before it from a difference in float32.
  for (const chunk of step.graph.chunks) {
    const head = viewsOf(chunk, step.initial[`value.${chunk.name}`]!)["decoder.head.weight"];
    head?.set(head.map((x) => 10 * x));
  }
  const stepped = await step.run({ ...step.initial, "quantizer.codebooks": codebooks }, audio, 2, codes);
  metrics = stepped.metrics;
  const views = (kind: string, from: Record<string, Float32Array>) =>
    Object.assign({}, ...step.graph.chunks.map((chunk) => viewsOf(chunk, from[`${kind}.${chunk.name}`]!)));
  values = views("value", step.initial);
  slopes = views("first", stepped.state);
  const [latentOf, lossesOf] = [await openEncoder(), await openDecoder()];
  const start = await latentOf(values);
  const norms = stepped.state["balancer.norms"]!;
  const shares = [0.5, 0.25, 0.25].map((share, i) => share / norms[i]!);
  objective = async (moved) => {
    const latent = await latentOf(moved);
    const stack = { latent: start, layers: chosen, n: rows, d: width };
    const way = latent.map((x, i) => x - start[i]!);
    const moves = composeResidualJvp(estimatorByName("rotation"), "per-layer", stack, way);
    const { mel, waveform, siSdr } = await lossesOf(
      total.map((x, i) => x + moves[i]!),
      moved,
    );
    return dot(shares, [mel![0]!, waveform![0]!, siSdr![0]!]) + 0.25 * commitment(latent);
  };
});

describe("the slopes of a whole step, codes pinned, are central differences of its loss", () => {
  test.each(specs.map(({ name }) => name))("%s", async (name) => {
    const slope = slopes[name]!;
    const length = Math.sqrt(dot(slope, slope));
    expect(length).toBeGreaterThan(0);
    // Half along the slope, so that the difference stands out of float32's noise, and half anywhere.
    const anywhere = noise(random, slope.length);
    const scale = 1 / Math.sqrt(dot(anywhere, anywhere));
    const way = slope.map((x, i) => x / length + anywhere[i]! * scale);
    const at = (stride: number) =>
      objective({ ...values, [name]: values[name]!.map((x, i) => x + stride * way[i]!) });
    const difference = async (stride: number) => ((await at(stride)) - (await at(-stride))) / (2 * stride);
    const wide = 3e-3 * Math.max(1, Math.sqrt(dot(values[name]!, values[name]!)));
    // Richardson's extrapolation takes the third derivative out.
    const found = (4 * (await difference(wide / 2)) - (await difference(wide))) / 3;
    expect(Math.abs(found - dot(slope, way))).toBeLessThan(0.03 * length);
  });

  test("and their joint length is the gradient's norm", () => {
    const square = Object.values(slopes).reduce((sum, slope) => sum + dot(slope, slope), 0);
    expect(metrics.gradientNorm! / Math.sqrt(square)).toBeCloseTo(1, 4);
  });
});
