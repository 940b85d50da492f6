import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assemble, assembleKernel, findKernels, moduleOf } from "./assemble.js";

const root = join(import.meta.dirname, "..", "..", "..");
const kernels = await findKernels(root);

test("there are kernels", () => {
  expect(kernels).toContain("packages/media/src/filter.wat");
});

for (const kernel of kernels) {
  test(`${moduleOf(kernel)} is what ${kernel} assembles to`, async () => {
    const committed = await readFile(join(root, moduleOf(kernel)), "utf8");
    expect(committed, "stale; run node tools/wasm/dist/main.js").toBe(await assembleKernel(root, kernel));
  });

  test(`${kernel} needs no feature that this Node lacks`, async () => {
    const bytes = await assemble(kernel, await readFile(join(root, kernel), "utf8"));
    const { WebAssembly } = globalThis as unknown as {
      WebAssembly: { validate(bytes: Uint8Array): boolean };
    };
    expect(WebAssembly.validate(bytes)).toBe(true);
  });
}

test("a kernel that is wrong is refused with its line", async () => {
  await expect(assemble("bad.wat", "(module\n  (func (i32.add)))")).rejects.toThrow(/bad\.wat:2/);
  await expect(assemble("bad.wat", "(module")).rejects.toThrow(/bad\.wat/);
});

test("relaxed operations are refused: they differ from machine to machine", async () => {
  const relaxed =
    "(module (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0))))";
  await expect(assemble("relaxed.wat", relaxed)).rejects.toThrow();
});
