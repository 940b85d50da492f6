import { isNacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { fromEngine, openModel, toEngine } from "../../test/run.js";
import {
  add,
  argMax,
  cast,
  constant,
  conv,
  gather,
  input,
  matmul,
  mul,
  onnxModel,
  openSizesModel,
  reshape,
  type Sizes,
  slice,
  type Tensor,
  transpose,
} from "../index.js";
import { fitPolynomial, polynomialText, probesOf } from "./size-polynomial.js";

const values = (count: number) => Float32Array.from({ length: count }, (_, n) => Math.sin(1 + 7 * n));

/** Frames of 4 samples, a convolution over 3 frames, and the largest of 6 values looked up by a list of rows. */
function frames({ frames = 0 }: Sizes) {
  const samples = input("samples", "float32", [1, 4 * frames]);
  const rows = transpose(reshape(samples, [1, frames, 4]), [0, 2, 1]);
  const wide = conv(rows, constant(values(6 * 4 * 3), [6, 4, 3]));
  const table = reshape(transpose(wide, [0, 2, 1]), [frames - 2, 6]);
  const best = argMax(table, 1);
  const starts = constant(
    BigInt64Array.from({ length: frames - 2 }, (_, n) => BigInt(6 * n)),
    [frames - 2],
    "int64",
  );
  const chosen = gather(reshape(table, [6 * (frames - 2)]), add(best, starts), 0);
  return {
    inputs: [samples],
    outputs: { chosen, codes: cast(best, "int32"), last: slice(chosen, 0, 0, frames - 3) },
  };
}

/** A picture as patches, multiplied by a matrix. */
function patches({ rows = 0, columns = 0 }: Sizes) {
  const picture = input("picture", "float32", [3, 2 * rows, 2 * columns]);
  const cut = transpose(reshape(picture, [3, rows, 2, columns, 2]), [1, 3, 0, 2, 4]);
  const out = matmul(reshape(cut, [rows * columns, 12]), constant(values(60), [12, 5]));
  return { inputs: [picture], outputs: { out: reshape(out, [rows, columns, 5]) } };
}

async function results(model: Uint8Array, name: string, shape: number[]) {
  const session = await openModel(model);
  const data = values(shape.reduce((product, size) => product * size, 1));
  const found = await session.run({
    [name]: toEngine({ dtype: "float32", shape, data: Float64Array.from(data) }),
  });
  await session.release();
  return Object.fromEntries(Object.entries(found).map(([key, tensor]) => [key, fromEngine(tensor)]));
}

test("one file gives for every length what a file written for that length gives", async () => {
  const open = openSizesModel({ least: { frames: 5 }, build: frames });
  for (const length of [4, 5, 40, 1000]) {
    const shape = [1, 4 * length];
    const fixed = await results(onnxModel(frames({ frames: length })), "samples", shape);
    expect(await results(open, "samples", shape)).toEqual(fixed);
  }
});

test("two sizes may be open, and their product too", async () => {
  const open = openSizesModel({ least: { rows: 4, columns: 4 }, build: patches });
  for (const [rows, columns] of [
    [1, 1],
    [3, 8],
    [20, 2],
  ] as const) {
    const shape = [3, 2 * rows, 2 * columns];
    const fixed = await results(onnxModel(patches({ rows, columns })), "picture", shape);
    expect(await results(open, "picture", shape)).toEqual(fixed);
  }
});

test("the file names its open sizes by what they are", () => {
  const text = new TextDecoder("latin1").decode(openSizesModel({ least: { frames: 5 }, build: frames }));
  for (const name of ["4*frames", "frames - 2", "frames - 3"]) expect(text).toContain(name);
});

describe("a polynomial", () => {
  test("is found from its values, and written as people do", () => {
    const probes = probesOf({ rows: 4, columns: 7 });
    const of = ({ rows = 0, columns = 0 }: Sizes) => 3 * rows * columns - rows + 12;
    expect(polynomialText(fitPolynomial(probes.map(of), probes)!)).toBe("3*rows*columns - rows + 12");
  });

  test("of another degree is none", () => {
    const probes = probesOf({ frames: 4 });
    expect(
      fitPolynomial(
        probes.map(({ frames = 0 }) => frames * frames),
        probes,
      ),
    ).toBeUndefined();
  });
});

test.each([
  ["values", ({ frames = 0 }: Sizes) => mul(input("x", "float32", [2 * frames]), frames)],
  ["other nodes", ({ frames = 0 }: Sizes) => deep(input("x", "float32", [2 * frames]), frames)],
  ["squares", ({ frames = 0 }: Sizes) => reshape(input("x", "float32", [frames * frames]), [frames, frames])],
  ["an input that does not show them", ({ frames = 0 }: Sizes) => input("x", "float32", [2 * frames + 1])],
])("a graph whose sizes change %s is refused", (_, build) => {
  const open = () =>
    openSizesModel({
      least: { frames: 4 },
      build: (sizes) => {
        const y = build(sizes);
        const x = y.node.op === "input" ? y : y.node.inputs[0]!;
        return { inputs: [sourceOf(x)], outputs: { y: add(y, 1) } };
      },
    });
  expect(codeOf(open)).toBe("shape");
});

function deep(x: Tensor, times: number): Tensor {
  return times === 0 ? x : deep(add(x, x), times - 1);
}

function sourceOf(x: Tensor): Tensor {
  return x.node.op === "input" ? x : sourceOf(x.node.inputs[0]!);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}
