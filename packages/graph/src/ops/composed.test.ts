import { describe, expect, test } from "vitest";
import { halfToEven } from "../../test/elementwise.js";
import { evaluate } from "../../test/evaluate.js";
import { run } from "../../test/run.js";
import {
  argMax,
  argMin,
  cast,
  constant,
  expand,
  gather,
  gradients,
  logSumExp,
  mean,
  oneHot,
  pad,
  reduceMax,
  reshape,
  round,
  silu,
  slice,
  snake,
  split,
  squeeze,
  sum,
  type Tensor,
  tile,
  transpose,
  unsqueeze,
} from "../index.js";

const list = (...values: number[]) => constant(values, [values.length]);
const grid = constant([0, 1, 2, 3, 4, 5], [2, 3]);

/** What the engine makes of a tensor of constants. */
async function made(tensor: Tensor) {
  const [value] = await run([tensor], {});
  return { shape: [...value!.shape], data: [...value!.data] };
}

describe("functions made of several ops", () => {
  test.each<["constant" | "edge" | "reflect", number[]]>([
    ["constant", [0, 0, 1, 2, 3, 0]],
    ["edge", [1, 1, 1, 2, 3, 3]],
    ["reflect", [3, 2, 1, 2, 3, 2]],
  ])("pad in mode %s continues 1 2 3 as numpy does", async (mode, data) => {
    expect((await made(pad(list(1, 2, 3), [[2, 1]], { mode }))).data).toEqual(data);
  });

  test("pad on two axes fills the corners too", async () => {
    const padded = pad(
      grid,
      [
        [1, 0],
        [0, 1],
      ],
      { mode: "edge" },
    );
    expect((await made(padded)).data).toEqual([0, 1, 2, 2, 0, 1, 2, 2, 3, 4, 5, 5]);
  });

  test("the gradient of padding by reflection folds back what lies outside", () => {
    const x = list(1, 2, 3);
    const padded = pad(x, [[2, 1]], { mode: "reflect" });
    const [slopes] = gradients([padded], [list(1, 10, 100, 1000, 10_000, 100_000)], [x]);
    expect([...evaluate([slopes!], {})[0]!.data]).toEqual([100, 101_010, 10_001]);
  });

  test("tile repeats the whole along each axis", async () => {
    expect(await made(tile(grid, [1, 2]))).toEqual({
      shape: [2, 6],
      data: [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5],
    });
    expect((await made(tile(list(1, 2), [3]))).data).toEqual([1, 2, 1, 2, 1, 2]);
  });

  test("squeeze undoes unsqueeze, at either end and from the back", () => {
    expect(unsqueeze(grid, [0, 3]).shape).toEqual([1, 2, 3, 1]);
    expect(unsqueeze(grid, [-1]).shape).toEqual([2, 3, 1]);
    expect(unsqueeze(grid, [-4, -1]).shape).toEqual([1, 2, 3, 1]);
    expect(squeeze(unsqueeze(grid, [0, 2]), [0, -2]).shape).toEqual([2, 3]);
  });

  test("oneHot has 1 at the index and 0 elsewhere", async () => {
    const { shape, data } = await made(oneHot(constant([2, 0], [2, 1], "int32"), 3));
    expect([shape, data]).toEqual([
      [2, 1, 3],
      [0, 0, 1, 1, 0, 0],
    ]);
  });

  test("logSumExp is that of the definition, and finite where e^x is not", async () => {
    const { data } = await made(logSumExp(constant([0, 1, 2, 1000, 1001, 1002], [2, 3]), [1]));
    const small = Math.log(1 + Math.E + Math.E ** 2);
    expect(data).toEqual([expect.closeTo(small, 5), expect.closeTo(1000 + small, 3)]);
  });

  test("silu is x / (1 + e^-x)", async () => {
    const values = [-3, -0.5, 0, 2];
    const { data } = await made(silu(list(...values)));
    expect(data).toEqual(values.map((x) => expect.closeTo(x / (1 + Math.exp(-x)), 6)));
  });

  test("snake is x + sin(a x)^2 / a, and x where a is 0", async () => {
    const [values, alphas] = [
      [-3, -0.5, 1, 2],
      [0.5, 2, 0, 1],
    ] as const;
    const { data } = await made(snake(list(...values), list(...alphas)));
    expect(data).toEqual(
      values.map((x, at) => {
        const a = alphas[at]!;
        return expect.closeTo(a === 0 ? x : x + Math.sin(a * x) ** 2 / a, 6);
      }),
    );
  });

  test("snake's slopes are those of central differences, for x and for a", () => {
    const of = (x: number, a: number) => x + Math.sin(a * x) ** 2 / (a + 1e-9);
    const points = [
      [-2, 0.3],
      [0.7, 1.5],
      [3, 2],
    ] as const;
    for (const [x, a] of points) {
      const [at, alpha] = [list(x), list(a)];
      const slopes = gradients([snake(at, alpha)], [list(1)], [at, alpha]);
      const [bySignal, byAlpha] = evaluate(slopes, {}).map(({ data }) => Number(data[0]));
      const step = 1e-5;
      expect(bySignal).toBeCloseTo((of(x + step, a) - of(x - step, a)) / (2 * step), 5);
      expect(byAlpha).toBeCloseTo((of(x, a + step) - of(x, a - step)) / (2 * step), 5);
    }
  });
});

describe("rules of the choice", () => {
  test("round sends halves to even", async () => {
    const halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.49];
    expect(halves.map(halfToEven)).toEqual([-2, -2, 0, 0, 2, 2, 4, 0]);
    expect((await made(round(list(...halves)))).data).toEqual([-2, -2, -0, 0, 2, 2, 4, 0]);
  });

  test("argMin and argMax take the lowest index of equals", async () => {
    expect((await made(argMax(list(1, 5, 5, 0, 5, 0), 0))).data).toEqual([1]);
    expect((await made(argMin(list(1, 5, 5, 0, 5, 0), 0))).data).toEqual([3]);
  });

  test("a cast to integers drops the fraction, on both sides of zero", async () => {
    expect((await made(cast(list(-1.9, -0.5, 0.5, 1.9), "int64"))).data).toEqual([-1, 0, 0, 1]);
  });

  test("a reduction over no axes is the tensor itself", () => {
    expect([sum(grid, []), mean(grid, []), reduceMax(constant([3], []))].map(({ node }) => node.op)).toEqual(
      Array(3).fill("constant"),
    );
  });

  test("gather takes negative indices from the back, forward and backward", async () => {
    const at = constant([-1, 0, -1], [3], "int64");
    const x = list(1, 2, 3);
    expect((await made(gather(x, at, 0))).data).toEqual([3, 1, 3]);
    const [slopes] = gradients([gather(x, at, 0)], [list(1, 10, 100)], [x]);
    expect((await made(slopes!)).data).toEqual([10, 0, 101]);
  });

  test("what would change nothing adds no node", () => {
    const same = [
      slice(grid, 1, 0, 3),
      pad(grid, [
        [0, 0],
        [0, 0],
      ]),
      reshape(grid, [2, -1]),
      expand(grid, [2, 3]),
      tile(grid, [1, 1]),
      split(grid, [3], 1)[0],
    ];
    for (const each of same) expect(each).toBe(grid);
    expect(transpose(grid, [1, 0]).shape).toEqual([3, 2]);
  });
});
