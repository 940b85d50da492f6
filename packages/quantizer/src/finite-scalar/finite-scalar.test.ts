import { NacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { quantizerContract } from "../quantizer.contract.js";
import { createFiniteScalarQuantizer } from "./array.js";
import { gridVariants, makeGrid, nearestCode, pointOf } from "./grid.js";

const levels = [8, 5, 2, 7];

describe.each(gridVariants)("%s", (variant) => {
  quantizerContract(`finite scalar, ${variant}`, () => createFiniteScalarQuantizer({ levels, variant }));

  test("every code is reached, in order, as its channel rises from -10 to 10", () => {
    for (const count of [2, 3, 4, 5, 8, 16]) {
      const sweep = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 200);
      const { codes } = createFiniteScalarQuantizer({ levels: [count], variant }).quantize(sweep);
      const seen = [...new Set(codes[0]!)];
      expect(seen).toEqual(Array.from({ length: count }, (_, code) => code));
    }
  });

  test("each point is its own nearest point", () => {
    for (const count of [2, 5, 8]) {
      const grid = makeGrid(count, variant);
      for (let code = 0; code < count; code++) expect(nearestCode(grid, pointOf(grid, code))).toBe(code);
    }
  });
});

test("offset: points are k / floor(levels / 2), zero is one of them and the code of latent 0", () => {
  const quantizer = createFiniteScalarQuantizer({ levels: [8, 5, 2], variant: "offset" });
  expect([...quantizer.dequantize([Int32Array.from([0, 0, 0, 7, 4, 1])])]).toEqual([-1, -1, -1, 0.75, 1, 0]);
  expect([...quantizer.quantize(new Float32Array(3)).quantized]).toEqual([0, 0, 0]);
});

test("symmetric: points are 2 code / (levels - 1) - 1", () => {
  const quantizer = createFiniteScalarQuantizer({ levels: [4, 5], variant: "symmetric" });
  const all = quantizer.dequantize([Int32Array.from([0, 0, 1, 1, 2, 2, 3, 3, 3, 4])]);
  const thirds = [-1, -1, -1 / 3, -0.5, 1 / 3, 0, 1, 0.5, 1, 1].map(Math.fround);
  expect([...all]).toEqual(thirds);
});

test("a tie goes to the even neighbour, as the ONNX operator rounds", () => {
  const grid = makeGrid(5, "symmetric");
  const between = (low: number) => (pointOf(grid, low) + pointOf(grid, low + 1)) / 2;
  expect([0, 1, 2, 3].map((low) => nearestCode(grid, between(low)))).toEqual([0, 2, 2, 4]);
});

test("bad levels and variants are refused", () => {
  expect(() => createFiniteScalarQuantizer({ levels: [1], variant: "offset" })).toThrow(NacreError);
  expect(() => createFiniteScalarQuantizer({ levels: [], variant: "offset" })).toThrow(NacreError);
  expect(() => createFiniteScalarQuantizer({ levels: [3], variant: "odd" as "offset" })).toThrow(NacreError);
});
