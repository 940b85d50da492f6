import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readSafetensors } from "@nacre/codec";
import { modelNodes } from "@nacre/graph";
import { buildStep, initialState, type StateValues, saveCheckpoint, tableRow } from "@nacre/training";
import { beforeAll, describe, expect, test } from "vitest";
import { everyOp } from "../test/every-op.js";
import { runnerFolder } from "../test/python.js";
import { smallRecipe, temporaryFolders } from "../test/small.js";
import { exportFiles, exportStep, type StepAbout } from "./export-step.js";
import { type NodeList, nodeListOf } from "./node-list.js";

const folder = temporaryFolders();
const recipeNames = ["speech-24k", "speech-24k-fsq"];
const coded = (code: string) => expect.objectContaining({ code });

const listOf = (home: string) =>
  JSON.parse(readFileSync(join(home, exportFiles.step), "utf8")) as NodeList & StepAbout;
const tensorsOf = (home: string, file: string) => readSafetensors(readFileSync(join(home, file))).tensors;

/** The state as the runner puts it together. */
function stateOf(home: string): StateValues {
  const { state, twins } = listOf(home);
  const stored = tensorsOf(home, exportFiles.state);
  return Object.fromEntries(
    state.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, (stored[twins[name] ?? name]?.data as Float32Array) ?? new Float32Array(size)];
    }),
  );
}

// Byte by byte: comparing a million numbers one by one takes seconds.
const sameBytes = (a: NodeJS.TypedArray, b: NodeJS.TypedArray) =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

/** Names of the arrays that are not the same in two states. */
const differing = (a: StateValues, b: StateValues) =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (name) => !a[name] || !b[name] || !sameBytes(a[name], b[name]),
  );

/** Keys of a table in the runner's ops.py. */
function runnerTable(name: string): Map<string, string> {
  const source = readFileSync(join(runnerFolder, "ops.py"), "utf8");
  const [, body] = new RegExp(`^${name} = \\{\\n(.*?)^\\}`, "ms").exec(source)!;
  return new Map([...body!.matchAll(/^ {4}"(\w+)": (.*)$/gm)].map(([, key, value]) => [key!, value!]));
}

describe.each(recipeNames)("an exported step of %s", (name) => {
  const recipe = smallRecipe(name);
  const graph = buildStep({ ...recipe, batch: 3 });
  let home: string;
  let listed: ReturnType<typeof listOf>;
  beforeAll(async () => {
    home = join(folder(), "step");
    await exportStep(recipe, home, { batch: 3 });
    listed = listOf(home);
  });

  test("lists the nodes of the ONNX model, in its order, with their attributes", () => {
    const { nodes } = listed;
    const expected = modelNodes(graph.parts).nodes.map(({ attributes, ...node }) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [
          key,
          typeof value === "object" && "float" in value ? value.float : value,
        ]),
      ),
    }));
    expect(nodes).toEqual(expected);
  });

  test("has every value that a node reads before the node, and makes every output", async () => {
    const { inputs, outputs, constants, nodes } = listed;
    const known = new Set([...inputs.map((each) => each.name), ...Object.keys(constants)]);
    for (const node of nodes) {
      for (const read of node.inputs) expect(known, `${node.type} reads ${read}`).toContain(read);
      for (const made of node.outputs) known.add(made);
    }
    for (const { name: made } of outputs) expect(known).toContain(made);
  });

  test("has the value of every constant, of its type", async () => {
    const { constants } = listed;
    const stored = tensorsOf(home, exportFiles.constants);
    expect(Object.keys(stored)).toEqual(Object.keys(constants));
    const types = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };
    for (const [key, dtype] of Object.entries(constants)) {
      expect(stored[key]!.data).toBeInstanceOf(types[dtype]);
    }
    for (const { name: key, data } of modelNodes(graph.parts).initializers) {
      expect(sameBytes(stored[key]!.data, data)).toBe(true);
    }
  });

  test("has static shapes at its doors, and an output for every state array", async () => {
    const { inputs, outputs, state, audioShape, rowWidth, metricNames } = listed;
    for (const { shape } of [...inputs, ...outputs]) {
      expect(shape.every((size) => Number.isInteger(size) && size > 0)).toBe(true);
    }
    const shapes = new Map([...inputs, ...outputs].map((each) => [each.name, each.shape]));
    for (const { name: array, shape } of state) {
      expect([shapes.get(array), shapes.get(`next.${array}`)]).toEqual([shape, shape]);
    }
    expect(shapes.get("audio")).toEqual(audioShape);
    expect(shapes.get("row")).toEqual([rowWidth]);
    expect(shapes.get("metrics")).toEqual([metricNames.length]);
    expect(audioShape).toEqual([3, recipe.frames * recipe.encoder.hop]);
  });

  test("asks for no operator that the runner lacks, and for nothing that it would have to compute first", async () => {
    const { nodes, constants } = listed;
    const [known, plain] = [runnerTable("OPS"), runnerTable("PLAIN")];
    expect(known.size).toBeGreaterThan(50);
    for (const { type, inputs } of nodes) {
      expect([...known.keys()]).toContain(type);
      const places = JSON.parse((plain.get(type) ?? "()").replace(/^\((.*?),?\),?$/, "[$1]")) as number[];
      for (const place of places) {
        if (place < inputs.length) expect(Object.keys(constants)).toContain(inputs[place]);
      }
    }
  });

  test("begins at the recipe's first state, and has the rows of all its steps", async () => {
    expect(differing(stateOf(home), initialState(graph.recipe, graph))).toEqual([]);
    const { rows, rowWidth } = listed;
    expect(rows).toEqual({ first: 1, last: recipe.schedule.steps });
    const bytes = gunzipSync(readFileSync(join(home, exportFiles.rows)));
    const stored = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    expect(stored.length).toBe(rowWidth * rows.last);
    for (const step of [1, 17, rows.last]) {
      const row = tableRow(graph.recipe, graph.table, step);
      expect(stored.slice((step - 1) * rowWidth, step * rowWidth)).toEqual(row);
    }
  });
});

test("the operators that the runner knows are those that are held against onnxruntime-node", () => {
  const compared = new Set(nodeListOf(everyOp()).list.nodes.map(({ type }) => type));
  expect([...compared, "Identity"].toSorted()).toEqual([...runnerTable("OPS").keys()].toSorted());
});

describe("an export", () => {
  test("carries each array of its first state once, zeros not at all, and the program", async () => {
    const home = join(folder(), "step");
    await exportStep(smallRecipe("speech-24k"), home);
    const { state, twins } = listOf(home);
    const stored = Object.keys(tensorsOf(home, exportFiles.state));
    expect(stored.length).toBeLessThan(state.length / 2);
    expect(Object.keys(twins).every((name) => name.startsWith("average."))).toBe(true);
    const programs = readdirSync(home).filter((name) => name.endsWith(".py"));
    expect(programs).toEqual(readdirSync(runnerFolder).filter((name) => name.endsWith(".py")));
    expect(programs).toContain("runner.py");
    // Most of a row are masks of ones and zeros.
    expect(statSync(join(home, exportFiles.rows)).size).toBeLessThan(5000);
  });

  test("goes on from a checkpoint, with its state whole or from its averages", async () => {
    const recipe = smallRecipe("speech-24k");
    const home = folder();
    const graph = buildStep(recipe);
    const values = initialState(recipe, graph);
    let at = 0;
    for (const array of Object.values(values))
      for (let i = 0; i < array.length; i++) array[i] = Math.sin(at++);
    const from = join(home, "checkpoint.safetensors");
    await saveCheckpoint(from, recipe, graph, values, { step: 9, seconds: 2.5 });
    await exportStep(recipe, join(home, "whole"), { from, batch: 5 });
    expect(listOf(join(home, "whole"))).toMatchObject({
      progress: { step: 9, seconds: 2.5 },
      rows: { first: 10, last: 40 },
      recipe: { batch: 5 },
    });
    expect(differing(stateOf(join(home, "whole")), values)).toEqual([]);
    await exportStep(recipe, join(home, "averages"), { from, averages: true });
    const begun = stateOf(join(home, "averages"));
    for (const { name } of graph.chunks) {
      for (const kind of ["value", "average"]) {
        expect(sameBytes(begun[`${kind}.${name}`]!, values[`average.${name}`]!)).toBe(true);
      }
      expect(begun[`first.${name}`]!.every((value) => value === 0)).toBe(true);
      expect(begun[`second.${name}`]!.every((value) => value === 0)).toBe(true);
    }
    expect(begun["quantizer.codebooks"]).toEqual(values["quantizer.codebooks"]);
  });

  test("is refused over another, for a schedule that is over, and for a checkpoint of another recipe", async () => {
    const recipe = smallRecipe("speech-24k");
    const home = folder();
    const out = join(home, "step");
    await exportStep(recipe, out);
    await expect(exportStep(recipe, out)).rejects.toEqual(coded("io"));
    await exportStep(recipe, out, { force: true });
    const graph = buildStep(recipe);
    const from = join(home, "checkpoint.safetensors");
    await saveCheckpoint(from, recipe, graph, initialState(recipe, graph), { step: 40, seconds: 1 });
    const other = join(home, "other");
    await expect(exportStep(recipe, other, { from })).rejects.toEqual(coded("option"));
    const losses = { ...recipe.losses, mel: 2 };
    await expect(exportStep({ ...recipe, losses }, other, { from })).rejects.toEqual(coded("model"));
    await expect(exportStep(recipe, other, { batch: 0 })).rejects.toEqual(coded("option"));
    expect(existsSync(other)).toBe(false);
    expect(readdirSync(home).toSorted()).toEqual(["checkpoint.safetensors", "step"]);
  });
});
