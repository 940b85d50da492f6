import { constant, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { type BlockWeights, convNext } from "../test/float64.js";
import { distance, noise, run } from "../test/run.js";
import {
  chainFields,
  convNextBlock,
  countParameters,
  initialValues,
  kernelField,
  symmetricField,
} from "./index.js";

const options = { channels: 6, kernel: 5, expansion: 3, layerScale: 0.5 };
const layout = { batch: 2, frames: 9 };
const specs = convNextBlock.parameters("block", options);

// Every value at random, so that a bias or scale left out shows.
const values = initialValues(
  specs.map((spec) => ({ ...spec, initial: { kind: "uniform", bound: 0.8 } as const })),
  3,
);
const parameters: Record<string, Tensor> = Object.fromEntries(
  specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]),
);

test.each([
  ["causal", kernelField(5, 0)],
  ["looking one frame ahead", kernelField(5, 1)],
  ["symmetric", symmetricField(5)],
])("a %s block computes what an independent float64 form computes", async (_, field) => {
  const size = layout.frames * options.channels;
  const rows = noise(layout.batch * size);
  const found = await run([layout.batch * layout.frames, options.channels], rows, (x) =>
    convNextBlock.forward("block", parameters, x, layout, field),
  );
  const weights = Object.fromEntries(
    Object.entries(values).map(([name, data]) => [name.slice("block.".length), data]),
  ) as BlockWeights;
  for (let b = 0; b < layout.batch; b += 1) {
    const own = rows.slice(b * size, (b + 1) * size);
    const expected = convNext(own, options.channels, options.kernel, field.past, weights);
    expect(distance(found.slice(b * size, (b + 1) * size), expected)).toBeLessThan(2e-5);
  }
});

test("the inner rows are those of the whole block that see no padding", async () => {
  const field = kernelField(5, 1);
  const shape = [layout.batch * layout.frames, options.channels];
  const rows = noise(shape[0]! * options.channels);
  const whole = await run(shape, rows, (x) => convNextBlock.forward("block", parameters, x, layout, field));
  const inner = await run(shape, rows, (x) => convNextBlock.inner("block", parameters, x, layout, field));
  const size = layout.frames * options.channels;
  const expected = Array.from({ length: layout.batch }, (_, b) => [
    ...whole.subarray(
      b * size + field.past * options.channels,
      (b + 1) * size - field.future * options.channels,
    ),
  ]).flat();
  expect(distance(inner, expected)).toBeLessThan(1e-6);
});

test("weight decay reaches the matrices and kernels alone", () => {
  expect(specs.filter(({ decay }) => decay).map(({ name }) => name)).toEqual([
    "block.conv.weight",
    "block.expand.weight",
    "block.contract.weight",
  ]);
  expect(specs.every(({ shape, decay }) => decay === shape.length > 1)).toBe(true);
});

test("the parameters of the block in the leads count up by hand", () => {
  const wide = convNextBlock.parameters("b", { channels: 192, kernel: 7, expansion: 3, layerScale: 1 });
  expect(countParameters(wide)).toBe(192 * 8 + 2 * 192 + (192 * 576 + 576) + (576 * 192 + 192) + 192);
  expect(convNextBlock.multiplyAdds({ channels: 192, kernel: 7, expansion: 3, layerScale: 1 })).toBe(
    192 * 7 + 2 * 192 * 576,
  );
});

test("reach adds up along a chain", () => {
  expect(chainFields([kernelField(7, 1), kernelField(7, 0), symmetricField(3)])).toEqual({
    past: 12,
    future: 2,
  });
  expect(() => kernelField(3, 3)).toThrow();
  expect(() => symmetricField(4)).toThrow();
});

test("a parameter that the weights lack is named in the error", async () => {
  const { "block.norm.scale": _, ...rest } = parameters;
  await expect(
    run([18, 6], noise(108), (x) => convNextBlock.forward("block", rest, x, layout, kernelField(5, 0))),
  ).rejects.toMatchObject({ code: "model", message: expect.stringContaining("block.norm.scale") });
});
