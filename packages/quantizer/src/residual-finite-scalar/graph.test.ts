import { NacreError } from "@nacre/errors";
import { gradient, input, sum } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { createFiniteScalarQuantizer } from "../finite-scalar/array.js";
import { finiteScalarGraph } from "../finite-scalar/graph.js";
import { boundValue, gridVariants, makeGrid } from "../finite-scalar/grid.js";
import { createResidualFiniteScalarQuantizer, scaleConventions } from "./array.js";
import { residualFiniteScalarGraph } from "./graph.js";

const levels = [8, 5, 2, 7];
const rows = 60;
const data = normalArray(seededRandom(91), rows * levels.length, 1.5);
const latent = input("latent", "float32", [rows, levels.length]);
const feeds = { latent: { input: latent, data } };

describe.each(gridVariants)("%s", (variant) => {
  test("finite scalar: graph codes and values are the array's", async () => {
    const found = await runGraph(feeds, finiteScalarGraph(latent, { levels, variant }));
    const { codes, quantized } = createFiniteScalarQuantizer({ levels, variant }).quantize(data);
    expect(Array.from(found.codes!, Number)).toEqual([...codes[0]!]);
    quantized.forEach((x, i) => {
      expect(found.quantized![i]).toBeCloseTo(x, 6);
    });
  });

  test.each(scaleConventions)("residual, %s: graph codes and values are the array's", async (convention) => {
    const options = { levels, layers: 3, variant, convention };
    const found = await runGraph(feeds, residualFiniteScalarGraph(latent, options));
    const { codes, quantized } = createResidualFiniteScalarQuantizer(options).quantize(data);
    const width = levels.length;
    const byRow = Array.from({ length: rows }, (_, row) =>
      codes.flatMap((layer) => [...layer.subarray(row * width, (row + 1) * width)]),
    ).flat();
    expect(Array.from(found.codes!, Number)).toEqual(byRow);
    quantized.forEach((x, i) => {
      expect(found.quantized![i]).toBeCloseTo(x, 5);
    });
  });

  test("the gradient is the bound's own: rounding lets it through", async () => {
    const { quantized } = finiteScalarGraph(latent, { levels, variant });
    const found = await runGraph(feeds, { toLatent: gradient(sum(quantized), [latent])[0]! });
    data.forEach((z, i) => {
      const grid = makeGrid(levels[i % levels.length]!, variant);
      const slope = (boundValue(grid, z + 1e-4) - boundValue(grid, z - 1e-4)) / 2e-4;
      expect(found.toLatent![i]).toBeCloseTo(slope, 4);
    });
  });
});

test("a latent of another width is refused", () => {
  expect(() => finiteScalarGraph(latent, { levels: [3, 3], variant: "offset" })).toThrow(NacreError);
});
