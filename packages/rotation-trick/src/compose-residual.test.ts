import { NacreError } from "@nacre/errors";
import { gradients, input } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../test/run-graph.js";
import {
  composeResidual,
  composeResidualJvp,
  composeResidualVjp,
  compositions,
  rotation,
  straightThrough,
} from "./index.js";

const [n, d, depth] = [6, 5, 4];

function randomStack(seed: number) {
  const random = seededRandom(seed);
  const layers = Array.from({ length: depth }, (_, layer) => normalArray(random, n * d, 0.6 ** layer));
  return { latent: normalArray(random, n * d), layers, n, d, g: normalArray(random, n * d) };
}

test("per-layer straight-through multiplies the gradient by the number of layers, whole does not", () => {
  const { g, ...stack } = randomStack(1);
  expect(composeResidualVjp(straightThrough, "per-layer", stack, g)).toEqual(g.map((x) => depth * x));
  expect(composeResidualVjp(straightThrough, "whole", stack, g)).toEqual(g);
});

test("the per-layer total is the sum of the layers' maps on detached residuals", () => {
  const { g, ...stack } = randomStack(2);
  const expected = new Float32Array(n * d);
  const residual = stack.latent.slice();
  for (const quantized of stack.layers) {
    rotation.vjp(residual, quantized, g, n, d).forEach((x, i) => {
      expected[i] = expected[i]! + x;
    });
    quantized.forEach((x, i) => {
      residual[i] = residual[i]! - x;
    });
  }
  composeResidualVjp(rotation, "per-layer", stack, g).forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i]!, 3);
  });
});

test("the whole total is one map from the latent to the sum of the layers", () => {
  const { g, ...stack } = randomStack(3);
  const total = stack.latent.map((_, i) =>
    stack.layers.reduce((sum, layer) => Math.fround(sum + layer[i]!), 0),
  );
  expect(composeResidualVjp(rotation, "whole", stack, g)).toEqual(rotation.vjp(stack.latent, total, g, n, d));
});

describe.each(compositions)("%s", (composition) => {
  test("jvp and vjp are adjoint", () => {
    const { g, ...stack } = randomStack(4);
    const v = normalArray(seededRandom(5), n * d);
    const inner = (a: Float32Array, b: Float32Array) => a.reduce((total, x, i) => total + x * b[i]!, 0);
    const moved = composeResidualJvp(rotation, composition, stack, v);
    const pulled = composeResidualVjp(rotation, composition, stack, g);
    expect(inner(moved, g)).toBeCloseTo(inner(v, pulled), 2);
  });

  test("graph form: value is the exact sum, gradient is the array form's", async () => {
    const { g, ...stack } = randomStack(6);
    const latent = input("latent", "float32", [n, d]);
    const cotangent = input("g", "float32", [n, d]);
    const layers = stack.layers.map((_, layer) => input(`layer${layer}`, "float32", [n, d]));
    const out = composeResidual(rotation, composition, latent, layers);
    const [toLatent, toLayer] = gradients([out], [cotangent], [latent, layers[1]!]);
    const found = await runGraph(
      {
        latent: { input: latent, data: stack.latent },
        g: { input: cotangent, data: g },
        ...Object.fromEntries(
          layers.map((each, i) => [`layer${i}`, { input: each, data: stack.layers[i]! }]),
        ),
      },
      { out, toLatent: toLatent!, toLayer: toLayer! },
    );
    const total = stack.latent.map((_, i) =>
      stack.layers.reduce((sum, layer) => Math.fround(sum + layer[i]!), 0),
    );
    expect(found.out).toEqual(total);
    expect((found.toLayer as Float32Array).every((x) => x === 0)).toBe(true);
    const expected = composeResidualVjp(rotation, composition, stack, g);
    (found.toLatent as Float32Array).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i]!, 3);
    });
  });
});

test("masked layers give neither value nor gradient", async () => {
  const { g, ...stack } = randomStack(7);
  const latent = input("latent", "float32", [n, d]);
  const cotangent = input("g", "float32", [n, d]);
  const layers = stack.layers.map((_, layer) => input(`layer${layer}`, "float32", [n, d]));
  const masks = stack.layers.map((_, layer) => input(`mask${layer}`, "float32", [n, 1]));
  const out = composeResidual(straightThrough, "per-layer", latent, layers, masks);
  const [toLatent] = gradients([out], [cotangent], [latent]);
  const used = (row: number) => (row % depth) + 1;
  const found = await runGraph(
    {
      g: { input: cotangent, data: g },
      latent: { input: latent, data: stack.latent },
      ...Object.fromEntries(layers.map((each, i) => [`layer${i}`, { input: each, data: stack.layers[i]! }])),
      ...Object.fromEntries(
        masks.map((each, i) => [
          `mask${i}`,
          { input: each, data: Float32Array.from({ length: n }, (_, row) => (i < used(row) ? 1 : 0)) },
        ]),
      ),
    },
    { out, toLatent: toLatent! },
  );
  for (let i = 0; i < n * d; i++) {
    const count = used(Math.floor(i / d));
    const sum = stack.layers.slice(0, count).reduce((total, layer) => Math.fround(total + layer[i]!), 0);
    expect(found.out![i]).toBe(sum);
    expect(found.toLatent![i]).toBeCloseTo(count * g[i]!, 4);
  }
});

test("an unknown composition and an empty stack are refused", () => {
  const { g, ...stack } = randomStack(8);
  expect(() => composeResidualVjp(rotation, "half" as "whole", stack, g)).toThrow(NacreError);
  expect(() => composeResidualVjp(rotation, "whole", { ...stack, layers: [] }, g)).toThrow(NacreError);
});
