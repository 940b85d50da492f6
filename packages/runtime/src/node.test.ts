import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
// Threads start from a built file, so the tests open the package by its name.
import { createRuntime } from "@nacre/runtime/node";
import { describe, expect, test } from "vitest";
import { BOOL, DOUBLE, FLOAT, INT64, type Node, onnx } from "../test/onnx.js";
import type { Runtime, Value, Values } from "./index.js";

const add = onnx(
  [
    { name: "a", type: FLOAT, shape: [2, "n"] },
    { name: "b", type: FLOAT, shape: [2, "n"] },
  ],
  [
    { op: "Add", inputs: ["a", "b"], outputs: ["sum"] },
    { op: "Mul", inputs: ["a", "b"], outputs: ["product"] },
  ],
  [
    { name: "sum", type: FLOAT, shape: [2, "n"] },
    { name: "product", type: FLOAT, shape: [2, "n"] },
  ],
);

const floats = (shape: number[], ...numbers: number[]): Value => ({
  type: "float32",
  shape,
  data: Float32Array.from(numbers),
});
const pair = () => ({ a: floats([2, 2], 1, 2, 3, 4), b: floats([2, 2], 10, 20, 30, 40) });
const numbers = (value: Value | undefined) => Array.from(value!.data, Number);

/** Powers of a matrix whose rows sum to 1: long work with a known answer. */
function slowModel(steps: number, size: number): Uint8Array {
  const nodes: Node[] = Array.from({ length: steps }, (_, step) => ({
    op: "MatMul",
    inputs: [step === 0 ? "x" : `x${step}`, "w"],
    outputs: [step === steps - 1 ? "y" : `x${step + 1}`],
  }));
  const matrix = (name: string) => ({ name, type: FLOAT, shape: [size, size] });
  return onnx([matrix("x"), matrix("w")], nodes, [matrix("y")]);
}

function slowFeeds(size: number): Values {
  const data = () => new Float32Array(size * size).fill(1 / size);
  return {
    x: { type: "float32", shape: [size, size], data: data() },
    w: { type: "float32", shape: [size, size], data: data() },
  };
}

async function withSession<T>(
  runtime: Runtime,
  model: Uint8Array,
  work: (s: Awaited<ReturnType<Runtime["open"]>>) => Promise<T>,
) {
  const session = await runtime.open(model, { threads: 1 });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

describe.each([
  ["on its own thread", true],
  ["on the calling thread", false],
])("a session %s", (_, worker) => {
  const runtime = createRuntime({ worker });

  test("runs a graph and names its ports", () =>
    withSession(runtime, add, async (session) => {
      expect(session.inputNames).toEqual(["a", "b"]);
      expect(session.outputNames).toEqual(["sum", "product"]);
      const outputs = await session.run(pair());
      expect(outputs.sum).toMatchObject({ type: "float32", shape: [2, 2] });
      expect(numbers(outputs.sum)).toEqual([11, 22, 33, 44]);
      expect(numbers(outputs.product)).toEqual([10, 40, 90, 160]);
    }));

  test("writes into plain and shared arrays and returns the very values given", () =>
    withSession(runtime, add, async (session) => {
      const into: Values = {
        sum: { type: "float32", shape: [2, 2], data: new Float32Array(6).subarray(1, 5) },
        product: { type: "float32", shape: [2, 2], data: new Float32Array(new SharedArrayBuffer(16)) },
      };
      const outputs = await session.run(pair(), into);
      expect(outputs.sum).toBe(into.sum);
      expect(outputs.product).toBe(into.product);
      expect(numbers(into.sum)).toEqual([11, 22, 33, 44]);
      expect(numbers(into.product)).toEqual([10, 40, 90, 160]);
      expect([...new Float32Array(into.sum!.data.buffer)]).toEqual([0, 11, 22, 33, 44, 0]);
    }));

  test("takes views and shared arrays as feeds and leaves them as they were", () =>
    withSession(runtime, add, async (session) => {
      const shared = new Float32Array(new SharedArrayBuffer(16));
      shared.set([1, 1, 1, 1]);
      const whole = Float32Array.of(9, 1, 2, 3, 4, 9);
      const a: Value = { type: "float32", shape: [2, 2], data: whole.subarray(1, 5) };
      const outputs = await session.run({ a, b: { type: "float32", shape: [2, 2], data: shared } });
      expect(numbers(outputs.sum)).toEqual([2, 3, 4, 5]);
      expect([...whole]).toEqual([9, 1, 2, 3, 4, 9]);
    }));

  test("refuses an array that is fed and written in one run", () =>
    withSession(runtime, add, async (session) => {
      const feeds = pair();
      await expect(session.run(feeds, { sum: feeds.b })).rejects.toThrow(
        'the array for output "sum" is also a feed',
      );
    }));

  test("a buffer that was an output can be the next feed, as a training loop swaps them", () =>
    withSession(runtime, add, async (session) => {
      const states = [floats([2, 1], 1, 1), floats([2, 1], 0, 0)] as const;
      const product = floats([2, 1], 0, 0);
      for (let step = 0; step < 10; step++) {
        const [now, next] = step % 2 === 0 ? states : [states[1], states[0]];
        await session.run({ a: now, b: now }, { sum: next, product });
      }
      expect(numbers(states[0])).toEqual([1024, 1024]);
    }));

  test("bool is bytes of 0 and 1, int64 is bigint, an empty array passes", async () => {
    const model = onnx(
      [
        { name: "mask", type: BOOL, shape: ["n"] },
        { name: "a", type: INT64, shape: ["n"] },
      ],
      [
        { op: "Not", inputs: ["mask"], outputs: ["not"] },
        { op: "Neg", inputs: ["a"], outputs: ["neg"] },
      ],
      [
        { name: "not", type: BOOL, shape: ["n"] },
        { name: "neg", type: INT64, shape: ["n"] },
      ],
    );
    await withSession(runtime, model, async (session) => {
      const outputs = await session.run({
        mask: { type: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
        a: { type: "int64", shape: [2], data: BigInt64Array.of(-(2n ** 62n), 3n) },
      });
      expect(outputs.not).toEqual({ type: "bool", shape: [3], data: Uint8Array.of(0, 1, 0) });
      expect(outputs.neg!.data).toEqual(BigInt64Array.of(2n ** 62n, -3n));
      const empty = await session.run({
        mask: { type: "bool", shape: [0], data: new Uint8Array(0) },
        a: { type: "int64", shape: [0], data: new BigInt64Array(0) },
      });
      expect(empty.neg).toMatchObject({ shape: [0], data: new BigInt64Array(0) });
    });
  });

  test.each([
    ["an unknown input", { c: floats([1], 1) }, {}, 'the graph has no input "c", expected "a" or "b"'],
    ["a missing input", { b: undefined }, {}, 'input "b" was not fed, expected float32 [2,n]'],
    [
      "an unknown output",
      {},
      { z: floats([1], 1) },
      'the graph has no output "z", expected "sum" or "product"',
    ],
    [
      "a wrong type",
      { a: { type: "int32", shape: [2, 2], data: new Int32Array(4) } },
      {},
      'input "a" is int32, expected float32',
    ],
    [
      "a wrong array",
      { a: { type: "float32", shape: [2, 2], data: new Int32Array(4) } },
      {},
      'input "a" of type float32 holds a Int32Array',
    ],
    ["a wrong size", { a: floats([3, 1], 1, 2, 3) }, {}, 'input "a" has shape [3,1], expected [2,n]'],
    ["a wrong rank", { a: floats([4], 1, 2, 3, 4) }, {}, 'input "a" has shape [4], expected [2,n]'],
    ["too few values", { a: floats([2, 2], 1, 2, 3) }, {}, 'input "a" holds 3 values, expected 4'],
    ["a result of another size", {}, { sum: floats([2, 3], 0, 0, 0, 0, 0, 0) }, /sum|[Oo]utput/],
    [
      "sizes that only the engine can compare",
      { b: floats([2, 3], 0, 0, 0, 0, 0, 0) },
      {},
      "the graph could not be run",
    ],
  ])("refuses %s in words", (_case, feeds, into, words) =>
    withSession(runtime, add, async (session) => {
      const all = Object.fromEntries(Object.entries({ ...pair(), ...feeds }).filter(([, value]) => value));
      const refused = session.run(all as Values, into as Values);
      await expect(refused).rejects.toMatchObject({ name: "NacreError", code: "runtime" });
      await expect(refused).rejects.toThrow(words);
      expect(numbers((await session.run(pair())).sum)).toEqual([11, 22, 33, 44]);
    }),
  );

  test("refuses bytes that are no model, absent devices, foreign types and odd thread counts", async () => {
    const foreign = onnx(
      [{ name: "x", type: DOUBLE, shape: [1] }],
      [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
      [{ name: "y", type: DOUBLE, shape: [1] }],
    );
    await expect(runtime.open(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
      code: "runtime",
      message: expect.stringContaining("the model of 3 bytes could not be opened"),
    });
    await expect(runtime.open(add, { device: "abacus" })).rejects.toMatchObject({
      code: "runtime",
      message: expect.stringContaining('device "abacus" is not in this engine, expected "cpu"'),
    });
    await expect(runtime.open(foreign)).rejects.toThrow('input "x" is float64, expected float32');
    await expect(runtime.open(add, { threads: 0 })).rejects.toMatchObject({ code: "option" });
  });

  test("closing waits for the run under way, twice is once, and a closed session says so", async () => {
    const session = await runtime.open(add);
    const running = session.run(pair());
    await Promise.all([session.close(), session.close()]);
    expect(numbers((await running).sum)).toEqual([11, 22, 33, 44]);
    await expect(session.run(pair())).rejects.toThrow("the session is closed");
  });
});

test("the event loop stays free while a thread works", () =>
  withSession(createRuntime(), slowModel(80, 256), async (session) => {
    const feeds = slowFeeds(256);
    await session.run(feeds);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    const before = performance.now();
    const outputs = await session.run(feeds);
    const milliseconds = performance.now() - before;
    clearInterval(timer);
    expect(outputs.y!.data[7]).toBeCloseTo(1 / 256, 6);
    // A blocked loop gives one tick; half of the possible ones leaves room for a busy machine.
    expect(ticks).toBeGreaterThan(Math.max(1, milliseconds / 2 / 4));
  }));

test("two sessions work at once, each with its own answers", async () => {
  const runtime = createRuntime();
  const [first, second] = await Promise.all([
    runtime.open(slowModel(60, 256), { threads: 1 }),
    runtime.open(add, { threads: 1 }),
  ]);
  const order: string[] = [];
  const long = first.run(slowFeeds(256)).then((outputs) => {
    order.push("long");
    return outputs;
  });
  for (let turn = 0; turn < 3; turn++)
    expect(numbers((await second.run(pair())).sum)).toEqual([11, 22, 33, 44]);
  order.push("short");
  expect((await long).y!.data[0]).toBeCloseTo(1 / 256, 6);
  expect(order).toEqual(["short", "long"]);
  await Promise.all([first.close(), second.close()]);
});

test("a process ends by itself with a session still open, and after an awaited run", () => {
  const script = `
    import { createRuntime } from "@nacre/runtime/node";
    const model = Uint8Array.from(${JSON.stringify([...add])});
    const session = await createRuntime().open(model, { threads: 1 });
    const value = { type: "float32", shape: [2, 1], data: Float32Array.of(1, 2) };
    const { sum } = await session.run({ a: value, b: value });
    console.log([...sum.data].join());
  `;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd,
    encoding: "utf8",
    timeout: 8000,
  });
  expect(child).toMatchObject({ status: 0, signal: null, stdout: "2,4\n", stderr: "" });
});
