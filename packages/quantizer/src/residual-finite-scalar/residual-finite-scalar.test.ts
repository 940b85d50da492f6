import { NacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { normalArray, seededRandom } from "../../test/run-graph.js";
import { createFiniteScalarQuantizer } from "../finite-scalar/array.js";
import { boundValue, gridVariants, makeGrid } from "../finite-scalar/grid.js";
import { quantizerContract } from "../quantizer.contract.js";
import { createResidualFiniteScalarQuantizer, scaleConventions } from "./array.js";

const latent = normalArray(seededRandom(41), 600);

describe.each(gridVariants.flatMap((variant) => scaleConventions.map((scale) => [variant, scale] as const)))(
  "%s, %s",
  (variant, convention) => {
    const options = { levels: [8, 5, 4], layers: 3, variant, convention };
    quantizerContract(`residual finite scalar, ${variant}, ${convention}`, () =>
      createResidualFiniteScalarQuantizer(options),
    );

    test("its first layer is plain finite scalar quantization", () => {
      const plain = createFiniteScalarQuantizer({ levels: options.levels, variant }).quantize(latent);
      const first = createResidualFiniteScalarQuantizer(options).quantize(latent, { layers: 1 });
      expect(first).toEqual(plain);
    });

    test("a convention is part of the version", () => {
      expect(createResidualFiniteScalarQuantizer(options).describe().version).toBe(
        `${variant}, ${convention}`,
      );
    });
  },
);

test("where grid and scale fit, each layer bounds the error by half its own step", () => {
  for (const [variant, convention, count] of [
    ["symmetric", "levels-minus-one", 4],
    ["symmetric", "levels-minus-one", 5],
    ["offset", "levels-minus-one", 5],
  ] as const) {
    const grid = makeGrid(count, variant);
    const quantizer = createResidualFiniteScalarQuantizer({
      levels: [count],
      layers: 4,
      variant,
      convention,
    });
    for (let layers = 1; layers <= 4; layers++) {
      const { quantized } = quantizer.quantize(latent, { layers });
      const halfStep = (count - 1) ** -layers;
      quantized.forEach((x, i) => {
        expect(Math.abs(x - boundValue(grid, latent[i]!))).toBeLessThan(halfStep + 2e-3);
      });
    }
  }
});

test("equal cells: layers add up to levels^n points evenly apart, and none is spared a layer", () => {
  for (const count of [2, 3, 4]) {
    const options = { levels: [count], layers: 3, variant: "equal-cells", convention: "levels" } as const;
    const quantizer = createResidualFiniteScalarQuantizer(options);
    // Even steps of tanh, from end to end.
    const sweep = Float32Array.from({ length: 4000 }, (_, i) => Math.atanh((i - 1999.5) / 2000));
    const { codes, quantized } = quantizer.quantize(sweep);
    const points = [...new Set(quantized)];
    expect(points).toHaveLength(count ** 3);
    for (const [i, point] of points.slice(1).entries()) {
      expect(point - points[i]!).toBeCloseTo((2 / (count - 1)) * count ** -2, 5);
    }
    for (const layer of codes) {
      for (let code = 0; code < count; code++) {
        const share = layer.filter((each) => each === code).length / layer.length;
        expect(Math.abs(share - 1 / count)).toBeLessThan(0.002);
      }
    }
  }
});

test("a stack whose last layer would be finer than float32 is refused", () => {
  const options = { levels: [2, 5], variant: "symmetric", convention: "levels" } as const;
  expect(() => createResidualFiniteScalarQuantizer({ ...options, layers: 10 })).toThrow(NacreError);
  createResidualFiniteScalarQuantizer({ ...options, layers: 9 });
});

test("an unknown convention and no layers are refused", () => {
  const options = { levels: [3], layers: 2, variant: "offset", convention: "levels" } as const;
  expect(() => createResidualFiniteScalarQuantizer({ ...options, layers: 0 })).toThrow(NacreError);
  expect(() => createResidualFiniteScalarQuantizer({ ...options, convention: "two" as "levels" })).toThrow(
    NacreError,
  );
});
