/** A tiny codec as ONNX files, in the forms that other people's exports have; its codes are known in closed form. */
import {
  add,
  argMin,
  cast,
  concat,
  constant,
  conv,
  gather,
  input,
  type ModelParts,
  matmul,
  onnxModel,
  openSizesModel,
  reshape,
  type Sizes,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@nacre/graph";
import type { PairFiles } from "../src/index.js";
import { seededRandom } from "./tiny.js";

/** Samples of a frame, layers, entries, width of the latent. */
export const [hop, layers, entries, width] = [16, 3, 20, 4];

/** Frames that encoder and decoder see beside their own. */
export const reach = { encoder: { past: 2, future: 0 }, decoder: { past: 1, future: 1 } };

/**
 * order     of the axes of the codes
 * frames    that both sides always take; any number by default
 * perLayer  a tensor of codes for each layer
 * type      of the codes
 * rank      of samples
 * open      whether the decoder takes any number of layers
 * short     samples that the decoder leaves out at the end
 * split     whether quantizer and dequantizer are files of their own
 */
export type PairForm = {
  order?: "batch-layers-frames" | "layers-batch-frames" | "batch-frames-layers";
  frames?: number;
  perLayer?: boolean;
  type?: "int32" | "int64";
  rank?: 2 | 3;
  open?: boolean;
  short?: number;
  split?: boolean;
};

const random = seededRandom(5);
const values = (count: number, scale: number) =>
  Float32Array.from({ length: count }, () => scale * (2 * random() - 1));
const [analysis, synthesis] = [values(hop * width, 0.5), values(hop * width, 0.5)];
const [before, around] = [values(width * width * 3, 0.4), values(width * width * 3, 0.4)];
/** [layers, entries, width] */
const books = [1, 0.4, 0.15].map((scale) => values(entries * width, scale));

/** The files of a pair. */
export function tinyPair(form: PairForm = {}): PairFiles {
  const written = (build: (sizes: Sizes) => ModelParts, least: Sizes = { frames: 8 }) =>
    form.frames === undefined
      ? openSizesModel({ least, build })
      : onnxModel(build({ ...least, frames: form.frames }));
  if (form.split) {
    return {
      encoder: written(({ frames = 0 }) =>
        withSamples(form, frames, (samples) => ({ latent: latentOf(samples) })),
      ),
      quantizer: written(({ frames = 0 }) => {
        const latent = input("latent", "float32", [frames, width]);
        return { inputs: [latent], outputs: codesOut(form, quantized(latent)) };
      }),
      dequantizer: written((sizes) => codesIn(form, sizes, (sums) => ({ latent: sums }))),
      decoder: written(({ frames = 0 }) => {
        const latent = input("latent", "float32", [frames, width]);
        return { inputs: [latent], outputs: { audio: soundOf(latent, form) } };
      }),
    };
  }
  return {
    encoder: written(({ frames = 0 }) =>
      withSamples(form, frames, (samples) => codesOut(form, quantized(latentOf(samples)))),
    ),
    decoder: written(
      (sizes) => codesIn(form, sizes, (sums) => ({ audio: soundOf(sums, form) })),
      form.open && form.frames === undefined ? { frames: 8, layers: 2 } : { frames: 8 },
    ),
  };
}

/** Codes [layer][frame] of whole frames of samples, computed in float64 without a graph. */
export function expectedCodes(samples: Float32Array): Int32Array[] {
  const frames = samples.length / hop;
  const rows = Array.from({ length: frames }, (_, frame) =>
    Array.from({ length: width }, (_, at) => {
      let total = 0;
      for (let n = 0; n < hop; n++) total += samples[frame * hop + n]! * analysis[n * width + at]!;
      return total;
    }),
  );
  const latent = rows.map((_, frame) =>
    Array.from({ length: width }, (_, out) => {
      let total = 0;
      for (let tap = 0; tap < 3; tap++) {
        const row = rows[frame + tap - 2];
        if (row)
          for (const [at, value] of row.entries()) total += value * before[(out * width + at) * 3 + tap]!;
      }
      return total;
    }),
  );
  return books.map((book) =>
    Int32Array.from(latent, (rest) => {
      const distances = Array.from({ length: entries }, (_, entry) =>
        rest.reduce((total, value, at) => total + (value - book[entry * width + at]!) ** 2, 0),
      );
      const best = distances.indexOf(Math.min(...distances));
      for (const at of rest.keys()) rest[at]! -= book[best * width + at]!;
      return best;
    }),
  );
}

function withSamples(
  { rank = 2 }: PairForm,
  frames: number,
  outputs: (samples: Tensor) => Record<string, Tensor>,
) {
  const samples = input("audio", "float32", rank === 2 ? [1, frames * hop] : [1, 1, frames * hop]);
  return { inputs: [samples], outputs: outputs(reshape(samples, [frames, hop])) };
}

function latentOf(samples: Tensor): Tensor {
  const rows = matmul(samples, constant(analysis, [hop, width]));
  return convolved(rows, before, [2, 0]);
}

function convolved(rows: Tensor, kernel: Float32Array, [past, future]: [number, number]): Tensor {
  const channels = transpose(reshape(rows, [1, rows.shape[0]!, width]), [0, 2, 1]);
  const quiet = (count: number) =>
    count === 0 ? [] : [constant(new Float32Array(width * count), [1, width, count])];
  const padded = concat([...quiet(past), channels, ...quiet(future)], 2);
  const out = conv(padded, constant(kernel, [width, width, 3]));
  return reshape(transpose(out, [0, 2, 1]), [rows.shape[0]!, width]);
}

function quantized(latent: Tensor): Tensor[] {
  const frames = latent.shape[0]!;
  let rest = latent;
  return books.map((values) => {
    const book = constant(values, [entries, width]);
    const gaps = sub(reshape(rest, [frames, 1, width]), reshape(book, [1, entries, width]));
    const codes = argMin(sum(square(gaps), [2]), 1);
    rest = sub(rest, gather(book, codes, 0));
    return codes;
  });
}

function codesOut({ order = "batch-layers-frames", perLayer, type = "int64" }: PairForm, codes: Tensor[]) {
  const typed = codes.map((each) => cast(each, type));
  const frames = codes[0]!.shape[0]!;
  if (perLayer)
    return Object.fromEntries(typed.map((each, layer) => [`codes_${layer}`, reshape(each, [1, frames])]));
  const stacked = concat(
    typed.map((each) => reshape(each, [1, frames])),
    0,
  );
  if (order === "batch-frames-layers")
    return { codes: reshape(transpose(stacked, [1, 0]), [1, frames, layers]) };
  return {
    codes: reshape(stacked, order === "batch-layers-frames" ? [1, layers, frames] : [layers, 1, frames]),
  };
}

function codesIn(
  { order = "batch-layers-frames", perLayer, type = "int64" }: PairForm,
  { frames = 0, layers: used = layers }: Sizes,
  outputs: (sums: Tensor) => Record<string, Tensor>,
): ModelParts {
  const table = constant(Float32Array.from(books.flatMap((book) => [...book])), [layers * entries, width]);
  const starts = constant(
    Int32Array.from({ length: used }, (_, layer) => layer * entries),
    [used],
    "int32",
  );
  if (perLayer) {
    const inputs = books.map((_, layer) => input(`codes_${layer}`, type, [1, frames]));
    const all = inputs.map((codes, layer) =>
      add(cast(reshape(codes, [frames]), "int32"), slice(starts, 0, layer, layer + 1)),
    );
    return { inputs, outputs: outputs(all.map((codes) => gather(table, codes, 0)).reduce(add)) };
  }
  const shapes = {
    "batch-layers-frames": [1, used, frames],
    "layers-batch-frames": [used, 1, frames],
    "batch-frames-layers": [1, frames, used],
  };
  const codes = input("codes", type, shapes[order]);
  const flat =
    order === "batch-frames-layers"
      ? transpose(reshape(codes, [frames, used]), [1, 0])
      : reshape(codes, [used, frames]);
  const places = add(cast(flat, "int32"), reshape(starts, [used, 1]));
  return { inputs: [codes], outputs: outputs(sum(gather(table, places, 0), [0])) };
}

function soundOf(sums: Tensor, { rank = 2, short = 0 }: PairForm): Tensor {
  const frames = sums.shape[0]!;
  const samples = matmul(
    convolved(sums, around, [1, 1]),
    transpose(constant(synthesis, [hop, width]), [1, 0]),
  );
  const length = frames * hop - short;
  const kept = slice(reshape(samples, [frames * hop]), 0, 0, length);
  return reshape(kept, rank === 2 ? [1, length] : [1, 1, length]);
}
