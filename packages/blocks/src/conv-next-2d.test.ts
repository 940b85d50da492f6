import { constant, gradients, input, mean, scalar, square, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { type BlockWeights, convNext2d } from "../test/float64.js";
import { distance, noise, run } from "../test/run.js";
import { type ConvNextOptions, convNextBlock2d, countParameters, initialValues } from "./index.js";

/** Every value at random, so that a bias or scale left out shows. */
function drawn(options: ConvNextOptions) {
  const specs = convNextBlock2d.parameters("block", options);
  const values = initialValues(
    specs.map((spec) => ({ ...spec, initial: { kind: "uniform", bound: 0.8 } as const })),
    3,
  );
  const parameters: Record<string, Tensor> = Object.fromEntries(
    specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]),
  );
  return { specs, values, parameters };
}

test.each([
  ["a kernel of 3 on a wide picture", 3, 4, 7],
  ["a kernel of 5 on a high picture", 5, 6, 3],
  ["a kernel larger than the picture", 7, 2, 3],
  ["a kernel of one position", 1, 3, 2],
])("with %s a block computes what an independent float64 form computes", async (_, kernel, height, width) => {
  const channels = 6;
  const { values, parameters } = drawn({ channels, kernel, expansion: 3, layerScale: 0.5 });
  const size = height * width * channels;
  const rows = noise(2 * size);
  const found = await run([2 * height * width, channels], rows, (x) =>
    convNextBlock2d.forward("block", parameters, x, { batch: 2, height, width }),
  );
  const weights = Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name.slice("block.".length), data]),
  ) as BlockWeights;
  for (let b = 0; b < 2; b += 1) {
    const own = rows.slice(b * size, (b + 1) * size);
    const expected = convNext2d(own, [height, width, channels], kernel, weights);
    expect(distance(found.slice(b * size, (b + 1) * size), expected)).toBeLessThan(2e-5);
  }
});

test("the gradient by the rows is the slope of the float64 form", async () => {
  const [kernel, height, width, channels] = [3, 3, 4, 3];
  const { values, parameters } = drawn({ channels, kernel, expansion: 2, layerScale: 0.5 });
  const weights = Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name.slice("block.".length), data]),
  ) as BlockWeights;
  const rows = noise(height * width * channels);
  const found = await run([height * width, channels], rows, (x) => {
    const loss = mean(square(convNextBlock2d.forward("block", parameters, x, { batch: 1, height, width })));
    return gradients([loss], [scalar(1)], [x])[0]!;
  });
  const lossAt = (i: number, step: number) => {
    const moved = Float64Array.from(rows, (x, j) => (i === j ? x + step : x));
    const y = convNext2d(moved, [height, width, channels], kernel, weights);
    return y.reduce((sum, value) => sum + value * value, 0) / y.length;
  };
  const slopes = Float64Array.from(rows, (_, i) => (lossAt(i, 1e-5) - lossAt(i, -1e-5)) / 2e-5);
  expect(distance(found, slopes)).toBeLessThan(1e-5);
});

test("parameters and multiply-adds count up by hand", () => {
  const wide = { channels: 192, kernel: 5, expansion: 3, layerScale: 1 };
  expect(countParameters(convNextBlock2d.parameters("b", wide))).toBe(
    192 * 26 + 2 * 192 + (192 * 576 + 576) + (576 * 192 + 192) + 192,
  );
  expect(convNextBlock2d.multiplyAdds(wide)).toBe(192 * 25 + 2 * 192 * 576);
});

test("weight decay reaches the matrices and kernels alone", () => {
  const { specs } = drawn({ channels: 4, kernel: 3, expansion: 2, layerScale: 1 });
  expect(specs.every(({ shape, decay }) => decay === shape.length > 1)).toBe(true);
});

test("a layer scale of zero makes a block the identity, bit for bit", async () => {
  const options = { channels: 4, kernel: 3, expansion: 2, layerScale: 0 };
  const specs = convNextBlock2d.parameters("block", options);
  const values = initialValues(specs, 1);
  const parameters = Object.fromEntries(
    specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]),
  );
  const rows = noise(24 * 4);
  const grid = { batch: 2, height: 3, width: 4 };
  const found = await run([24, 4], rows, (x) => convNextBlock2d.forward("block", parameters, x, grid));
  expect(found).toEqual(rows);
});

test("an even kernel has no middle and is refused", () => {
  const { parameters } = drawn({ channels: 4, kernel: 4, expansion: 2, layerScale: 1 });
  const rows = input("rows", "float32", [12, 4]);
  const grid = { batch: 1, height: 3, width: 4 };
  expect(() => convNextBlock2d.forward("block", parameters, rows, grid)).toThrow(/odd/);
});
