import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import wabt from "wabt";

/** The .wat files of every package's src, from `root`, with slashes and in order. */
export async function findKernels(root: string): Promise<string[]> {
  const rooms = (await readdir(join(root, "packages"))).sort();
  const lists = await Promise.all(
    rooms.map(async (room) => {
      const src = `packages/${room}/src`;
      // A folder without src is no package.
      const files = await readdir(join(root, src), { recursive: true }).catch(() => []);
      return files
        .filter((file) => file.endsWith(".wat"))
        .map((file) => `${src}/${file.replaceAll("\\", "/")}`);
    }),
  );
  return lists.flatMap((list) => list.sort());
}

/** Where the module made of a kernel stands: `<name>.wasm.ts` next to `<name>.wat`. */
export function moduleOf(kernel: string): string {
  return kernel.replace(/\.wat$/, ".wasm.ts");
}

/**
 * Assembles one kernel and writes it as a TypeScript module.
 *
 * kernel   path of a .wat file from `root`
 * returns  the module's text, as the formatter would leave it
 * throws   Error with line and column when the kernel does not assemble or validate
 */
export async function assembleKernel(root: string, kernel: string): Promise<string> {
  const text = await readFile(join(root, kernel), "utf8");
  const bytes = await assemble(basename(kernel), text);
  return [
    `// Made from ${basename(kernel)} by tools/wasm; do not edit. After a change: node tools/wasm/dist/main.js`,
    "",
    `/** ${bytes.length} bytes of WebAssembly, in base64. */`,
    "export const wasm =",
    `  "${Buffer.from(bytes).toString("base64")}";`,
    "",
  ].join("\n");
}

/** The bytes of a kernel in the text format; no names are kept. Throws Error where it is wrong. */
export async function assemble(name: string, text: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat(name, text, { simd: true });
  try {
    module.validate();
    return module.toBinary({ write_debug_names: false }).buffer;
  } finally {
    module.destroy();
  }
}
