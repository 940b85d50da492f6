// Threads start from a built file, so the tests open the package by its name.
import { createRuntime } from "@nacre/runtime/node";
import { expect, test } from "vitest";
import { FLOAT, type Node, onnx } from "../test/onnx.js";
import type { Values } from "./index.js";

const size = 192;
/** x w^steps + x: with rows of w that sum to 1, rows of one number become twice that number. */
const steps = 40;
const nodes: Node[] = Array.from({ length: steps }, (_, step) => ({
  op: "MatMul",
  inputs: [step === 0 ? "x" : `x${step}`, "w"],
  outputs: [`x${step + 1}`],
}));
const matrix = (name: string) => ({ name, type: FLOAT, shape: [size, size] });
const model = onnx(
  [matrix("x"), matrix("w")],
  [...nodes, { op: "Add", inputs: ["x", `x${steps}`], outputs: ["y"] }],
  [matrix("y")],
);
const filled = (value: number) => ({
  type: "float32" as const,
  shape: [size, size],
  data: new Float32Array(size * size).fill(value),
});
const feeds = (value: number): Values => ({ x: filled(value), w: filled(1 / size) });

test("runs on several lanes give each caller its own answer, and the same as one lane does", async () => {
  const runtime = createRuntime();
  const [one, three] = await Promise.all(
    [1, 3].map((threads) => runtime.open(model, { threads, spread: "runs" })),
  );
  expect([one!.lanes, three!.lanes]).toEqual([1, 3]);
  const values = Array.from({ length: 12 }, (_, n) => n + 1);
  // The second round finds the lanes open that the first one asked for.
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(values.map((value) => three!.run(feeds(value))));
    for (const [n, { y }] of answers.entries()) expect(y!.data[n]).toBeCloseTo(2 * values[n]!, 3);
    const alone = await one!.run(feeds(7));
    expect(answers[6]!.y!.data).toEqual(alone.y!.data);
  }
  await Promise.all([one!.close(), three!.close()]);
});

test("lanes refuse what a session refuses: bad bytes, odd counts, unknown inputs, runs after closing", async () => {
  const runtime = createRuntime();
  const spread = "runs" as const;
  await expect(runtime.open(Uint8Array.of(1, 2, 3), { spread })).rejects.toMatchObject({ code: "runtime" });
  for (const threads of [0, 1.5])
    await expect(runtime.open(model, { spread, threads })).rejects.toMatchObject({ code: "option" });
  const session = await runtime.open(model, { spread, threads: 2 });
  await expect(session.run({ z: filled(1) })).rejects.toThrow('the graph has no input "z"');
  const running = [session.run(feeds(1)), session.run(feeds(2))];
  await Promise.all([session.close(), session.close()]);
  expect((await Promise.all(running)).map(({ y }) => Math.round(y!.data[0] as number))).toEqual([2, 4]);
  await expect(session.run(feeds(1))).rejects.toThrow("the session is closed");
});

test("a session on the calling thread has no lanes, however its threads are to be spread", async () => {
  const session = await createRuntime({ worker: false }).open(model, { spread: "runs", threads: 2 });
  expect(session.lanes).toBeUndefined();
  const { y } = await session.run(feeds(3));
  expect(y!.data[5]).toBeCloseTo(6, 3);
  await session.close();
});
