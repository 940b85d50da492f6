import { isNacreError } from "@nacre/errors";
import { cast, input, mul, onnxModel, openSizesModel, reshape, type Tensor } from "@nacre/graph";
import { createRuntime } from "@nacre/runtime/node";
import { expect, test } from "vitest";
import { hop, layers, tinyPair } from "../../test/onnx-pair.js";
import { buildPairModel, type PairFiles, type PairOptions } from "../index.js";
import { onnxPorts } from "./onnx-ports.js";

const runtime = createRuntime({ worker: false });
const pair = tinyPair();

/** Code and sentence of the refusal. */
async function refusal(files: PairFiles, options: Partial<PairOptions> = {}) {
  try {
    await buildPairModel(files, { name: "x", sampleRate: 2000, hop, ...options }, [], runtime);
  } catch (error) {
    if (isNacreError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "accepted", message: "" };
}

/** The sentence of a refusal where no option is given. */
async function buildOrSentence(files: PairFiles): Promise<string> {
  const work = buildPairModel(files, { name: "x", sampleRate: 2000 }, [], runtime);
  return work.then(
    () => "accepted",
    (error: Error) => error.message,
  );
}

/** A graph of one input [1, n] that is open in n. */
const graph = (
  name: string,
  build: (x: Tensor) => Record<string, Tensor>,
  type: "float32" | "int64" = "float32",
) =>
  openSizesModel({
    least: { n: 5 },
    build: ({ n = 0 }) => {
      const x = input(name, type, [1, 4 * n]);
      return { inputs: [x], outputs: build(x) };
    },
  });

const echo = graph("x", (x) => ({ y: mul(x, 2) }));
const doubled = (shape: number[]) => {
  const x = input("x", "float32", shape);
  return onnxModel({ inputs: [x], outputs: { y: mul(x, 2) } });
};
const bytes = (...values: number[]) => Uint8Array.from(values);
const otherHop = tinyPair({ frames: 40 });

/** The file of a pair with the size of its first weight, or of an input, written anew. */
function withHuge(file: Uint8Array, size: number): Uint8Array {
  const at = file.findIndex(
    (_, place) => file[place] === 0x08 && file[place + 1] === size && file[place + 2] === 0x08,
  );
  expect(at).toBeGreaterThan(0);
  const changed = file.slice();
  changed[at + 1] = 0x7f;
  return changed;
}

test.each<[string, PairFiles, Partial<PairOptions>, string]>([
  [
    "a pickle",
    { ...pair, encoder: bytes(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9) },
    {},
    "a pickle",
  ],
  ["a torch archive", { ...pair, decoder: bytes(0x50, 0x4b, 3, 4) }, {}, "a pickle"],
  ["an empty file", { ...pair, encoder: bytes() }, {}, "0 graphs"],
  ["a cut file", { ...pair, encoder: pair.encoder.subarray(0, 900) }, {}, "end too early"],
  ["text", { ...pair, decoder: new TextEncoder().encode("a decoder, surely") }, {}, "no protobuf"],
  ["codes that are floats", { ...pair, encoder: echo }, {}, "no whole numbers"],
  ["a decoder that takes floats", { ...pair, decoder: echo }, {}, "takes x float32"],
  ["a quantizer that gives floats", { ...pair, quantizer: echo }, {}, "the quantizer gives y float32"],
  ["a decoder that gives no sound", { ...pair, decoder: pair.encoder }, {}, "codes alone"],
  ["codes as samples", { ...pair, encoder: pair.decoder }, {}, "encoder that takes codes int64"],
  ["two channels in one signal", { ...pair, encoder: doubled([1, 2, 640]) }, {}, "one channel at a time"],
  ["a hop that is not the decoder's", pair, { hop: 2 * hop }, "--hop"],
  ["fewer entries than there are", pair, { entries: 3 }, "--entries"],
  ["another order than --layout says", pair, { layout: "batch-frames-layers" }, "--layout says"],
])("%s is refused with its reason", async (_, files, options, words) => {
  const { code, message } = await refusal(files, options);
  expect([code, message]).toEqual(["model", expect.stringContaining(words)]);
});

test("a list of layers on one side and one tensor on the other are the same codes", async () => {
  expect((await refusal({ ...pair, decoder: tinyPair({ perLayer: true }).decoder })).code).toBe("accepted");
});

test("sides that disagree are refused", async () => {
  const decoder = graph("codes", (x) => ({ audio: reshape(x, [1, x.shape[1]!]) }), "int64");
  expect((await refusal({ ...pair, decoder })).message).toContain("gives audio int64");
  const faster = openSizesModel({
    least: { frames: 5 },
    build({ frames = 0 }) {
      const codes = input("codes", "int64", [1, layers, frames]);
      return { inputs: [codes], outputs: { audio: cast(reshape(codes, [1, layers * frames]), "float32") } };
    },
  });
  const disagreeing = await buildOrSentence({ ...pair, decoder: faster });
  expect(disagreeing).toContain(`beside a decoder of ${layers} samples`);
  const short = tinyPair({ frames: 4 });
  const { code, message } = await refusal({ ...otherHop, decoder: short.decoder });
  expect([code, message]).toEqual(["model", expect.stringContaining("see")]);
});

test("a declared size that the file does not hold, or that nobody could, is refused before it is allocated", () => {
  expect(() => onnxPorts(doubled([1, 2 ** 40]), "encoder")).toThrow("at most");
  expect(() => onnxPorts(withHuge(pair.decoder, layers * 20), "decoder")).toThrow("does not hold them");
});
