/** Each check is shown a small repository that is right, then the same one with a fault planted. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { checkDocumented } from "./documented.js";
import { checkImports } from "./imports.js";
import { checkPurity } from "./purity.js";
import { rooms } from "./rooms.js";
import { checkSnippets } from "./snippets.js";
import { checkTraces } from "./traces.js";
import { checkTypes } from "./types.js";

// The compiler starts anew for some cases, which takes long on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nacre-check-"));
  addRoom("errors", "/** Fails. */\nexport const fail = 1;\n");
  addRoom("graph", 'import { fail } from "@nacre/errors";\n/** Adds. */\nexport const add = fail;\n', [
    "errors",
  ]);
  addRoom(
    "codec",
    'import type { add } from "@nacre/graph";\n/** Codes. */\nexport type Code = typeof add;\n',
    ["graph"],
  );
  write(
    "packages/codec/src/node/index.ts",
    'import "node:fs";\n/** Reads. */\nexport const read = process.argv;\n',
  );
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function addRoom(room: string, index: string, needs: string[] = []): void {
  const dependencies = Object.fromEntries(needs.map((name) => [`@nacre/${name}`, "workspace:*"]));
  const exports = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };
  write(
    `packages/${room}/package.json`,
    JSON.stringify({ name: `@nacre/${room}`, type: "module", exports, dependencies }),
  );
  write(`packages/${room}/src/index.ts`, index);
  write(
    `packages/${room}/README.md`,
    "# Room\n\n```ts\nconst one: number = 1;\nif (one !== 1) throw new Error();\n```\n",
  );
}

test("the table of rooms has no circle and names only rooms", () => {
  const seen = new Map<string, string[]>();
  const below = (room: string, path: string[] = []): string[] => {
    expect(path, `${[...path, room].join(" -> ")}`).not.toContain(room);
    const known =
      seen.get(room) ?? rooms[room]!.mayImport.flatMap((next) => [next, ...below(next, [...path, room])]);
    seen.set(room, known);
    return known;
  };
  for (const [room, { mayImport, pure }] of Object.entries(rooms)) {
    below(room);
    expect(Object.keys(rooms)).toEqual(expect.arrayContaining([...mayImport]));
    // The runtime room hands a pure room its interface, which is types alone.
    const impure = mayImport.filter((name) => !rooms[name]!.pure && name !== "runtime");
    if (pure) expect(impure, room).toEqual([]);
  }
});

test("a repository that is right has no faults", async () => {
  expect(checkImports(root)).toEqual([]);
  expect(checkPurity(root)).toEqual([]);
  expect(checkDocumented(root).filter((line) => !line.includes("does not resolve"))).toEqual([]);
  expect(checkTraces(root)).toEqual([]);
  expect(await checkSnippets(root)).toEqual([]);
});

describe("the import check sees", () => {
  test.each([
    ["an import", 'import { a } from "@nacre/codec";'],
    ["a type import", 'import type { A } from "@nacre/codec";'],
    ["a re-export", 'export { a } from "@nacre/codec";'],
    ["a dynamic import", 'export const a = import("@nacre/codec");'],
    ["an import type", 'export type A = import("@nacre/codec").Code;'],
    ["a sub-path", 'import { a } from "@nacre/codec/node";'],
  ])("a room above, through %s", (_, line) => {
    write("packages/graph/src/tensor.ts", `\n${line}\n`);
    expect(checkImports(root)).toEqual(["packages/graph/src/tensor.ts:2: graph may not import @nacre/codec"]);
  });

  test("a dependency in the manifest alone", () => {
    addRoom("entropy", "/** Codes. */\nexport const code = 1;\n", ["graph"]);
    expect(checkImports(root)).toEqual([
      "packages/entropy/package.json: entropy may not depend on @nacre/graph",
    ]);
  });

  test("weights come with the room that brings them and with no other, and hold nothing to import", () => {
    addRoom("nacre", 'export { weights } from "@nacre/model-speech-24k";\n', ["model-speech-24k"]);
    addRoom("entropy", "/** One. */\nexport const one = 1;\n", ["model-speech-24k"]);
    expect(checkImports(root)).toEqual([
      "packages/entropy/package.json: entropy may not depend on @nacre/model-speech-24k",
      "packages/nacre/src/index.ts:1: nacre may not import @nacre/model-speech-24k",
    ]);
  });

  test("an import that the manifest does not name", () => {
    write("packages/graph/src/tensor.ts", 'import "left-pad";\n');
    expect(checkImports(root)).toEqual([
      "packages/graph/src/tensor.ts:1: left-pad is not among the dependencies of graph",
    ]);
  });

  test("a path that goes up twice or has no ending", () => {
    write("packages/graph/src/deep/tensor.ts", 'import "../../test/errors.js";\nimport "./op";\n');
    expect(checkImports(root)).toHaveLength(2);
    write("packages/graph/src/deep/tensor.ts", "");
    write("packages/graph/src/deep/tensor.test.ts", 'import "../../test/errors.js";\n');
    expect(checkImports(root)).toEqual([]);
  });

  test("a package without a row", () => {
    addRoom("attic", "/** Keeps. */\nexport const keep = 1;\n");
    expect(checkImports(root)).toEqual(["packages/attic: has no row in tools/check/src/rooms.ts"]);
  });

  test("and lets a test import any room it declares", () => {
    write("packages/graph/src/add.test.ts", 'import "@nacre/errors";\n');
    expect(checkImports(root)).toEqual([]);
    write("packages/graph/src/add.test.ts", 'import "@nacre/codec";\n');
    expect(checkImports(root)).toHaveLength(1);
  });
});

describe("the purity check sees", () => {
  test.each([
    ["a Node module", 'import { join } from "node:path";'],
    ["a Node module by its old name", 'import { join } from "path";'],
    ["machine code", 'import ort from "onnxruntime-node";'],
    ["another room's door to the disk", 'import { createRuntime } from "@nacre/runtime/node";'],
    ["its own door to the disk", 'export { read } from "./node/index.js";'],
    ["a Buffer", "export const bytes = Buffer.from([1]);"],
    ["the process", "export const words = process.argv;"],
    ["the process, by the long way", "export const words = globalThis.process.argv;"],
  ])("%s", (_, line) => {
    write("packages/codec/src/window.ts", `${line}\n`);
    const faults = checkPurity(root);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^packages\/codec\/src\/window\.ts:1: a pure room /);
  });

  test("a native dependency", () => {
    const manifest = { name: "@nacre/codec", dependencies: { sharp: "1" } };
    write("packages/codec/package.json", JSON.stringify(manifest));
    expect(checkPurity(root)).toEqual(["packages/codec/package.json: the pure room codec depends on sharp"]);
  });

  test("no fault in a member or a parameter of the same name, in a test, or in an impure room", () => {
    write(
      "packages/codec/src/window.ts",
      "export const run = (process: { Buffer: number }) => process.Buffer;\n",
    );
    write("packages/codec/src/window.test.ts", 'import "node:fs";\n');
    addRoom("media", 'import "node:fs";\n/** Reads. */\nexport const read = Buffer;\n');
    expect(checkPurity(root)).toEqual([]);
  });
});

describe("the docstring check sees", () => {
  test.each([
    ["a bare value", "export const bare = 1;"],
    ["a bare type", "export type bare = 1;"],
    ["a bare function behind a comment that is no docstring", "// Adds.\nexport function bare() {}"],
  ])("%s", (_, line) => {
    write("packages/errors/src/index.ts", `/** Fails. */\nexport const fail = 1;\n${line}\n`);
    expect(checkDocumented(root)).toContain('packages/errors/src/index.ts: "bare" has no docstring');
  });

  test("a bare name behind a re-export, and a public list that is not written by hand", () => {
    write("packages/errors/src/index.ts", 'export { bare } from "./bare.js";\nexport * from "./more.js";\n');
    write("packages/errors/src/bare.ts", "export const bare = 1;\n");
    write("packages/errors/src/more.ts", "/** More. */\nexport const more = 1;\n");
    const faults = checkDocumented(root).filter((line) => line.startsWith("packages/errors/"));
    expect(faults).toEqual([
      'packages/errors/src/index.ts: has "export *"; write the public names by hand',
      'packages/errors/src/index.ts: "bare" has no docstring',
    ]);
  });

  test("a room that exports nothing and one whose list is absent", () => {
    write("packages/errors/src/index.ts", "export {};\n");
    rmSync(join(root, "packages/graph/src/index.ts"));
    expect(checkDocumented(root)).toEqual(
      expect.arrayContaining([
        "packages/errors/src/index.ts: exports nothing",
        "packages/graph/src/index.ts: does not exist",
      ]),
    );
  });
});

describe("the trace check sees", () => {
  // Put together here, so that this file has no trace itself.
  const slash = "/";
  test.each([
    ["a home folder", `see ${slash}home${slash}ada/notes.md`],
    ["the superuser's folder", `"${slash}root${slash}x"`],
    ["a work folder", `cd ${slash}work${slash}main`],
    ["a registry's host", `https:${slash}${slash}registry.npm${"js"}.org/x`],
    ["a resolved address in a lock file", `"${"resolved"}": "https:${slash}${slash}example.org/x.tgz"`],
  ])("%s", (_, line) => {
    write("docs/notes.md", `first\n${line}\n`);
    const faults = checkTraces(root);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults[0]).toMatch(/^docs\/notes\.md:2: names /);
  });

  test("no fault in addresses on the web, relative paths and what is built or fetched", () => {
    write("docs/notes.md", "https://example.org/home/page and ./work/x and a/root/b\n");
    write("packages/graph/dist/index.js", `// ${slash}work${slash}main\n`);
    expect(checkTraces(root)).toEqual([]);
  });
});

describe("the type check sees", () => {
  beforeEach(() => write("tsconfig.base.json", '{ "compilerOptions": { "strict": true } }'));

  test.each([
    ["a test", "packages/graph/src/add.test.ts", 'const one: number = "one";\nexport { one };\n'],
    ["a contract", "packages/graph/src/add.contract.ts", "export const two = (x) => x;\n"],
  ])("a fault in %s", (_, path, text) => {
    write(path, text);
    const faults = checkTypes(root);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${path}: `);
  });

  test("a fault in what only tests import, and in a tool's tests", () => {
    write("packages/graph/test/cases.ts", "export const cases: number[] = [undefined];\n");
    write("packages/graph/src/add.test.ts", 'import { cases } from "../test/cases.js";\nexport { cases };\n');
    write("tools/look/tsconfig.json", "{}\n");
    write("tools/look/src/look.test.ts", "export const far: string = 1;\n");
    expect(checkTypes(root).map((line) => line.split(":")[0])).toEqual([
      "packages/graph/test/cases.ts",
      "tools/look/src/look.test.ts",
    ]);
  });

  test("no fault of its own in what the build looks at", () => {
    write("packages/graph/src/wrong.ts", 'export const wrong: number = "one";\n');
    write("packages/graph/src/add.test.ts", 'import { wrong } from "./wrong.js";\nexport { wrong };\n');
    expect(checkTypes(root)).toEqual([]);
  });
});

describe("the snippet check sees", () => {
  test.each([
    ["a README without one", "# Room\n", "has 0 ```ts blocks, expected one"],
    ["a README with two", "```ts\n```\n\n```ts\n```\n", "has 2 ```ts blocks, expected one"],
    [
      "a snippet that throws",
      "```ts\nthrow new Error('planted');\n```\n",
      "the snippet failed: Error: planted",
    ],
    [
      "a snippet of the wrong type",
      "```ts\nexport const one: string = 1;\n```\n",
      "the snippet does not compile: Type 'number'",
    ],
  ])("%s", async (_, text, words) => {
    write("packages/errors/README.md", text);
    const faults = await checkSnippets(root);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`packages/errors/README.md: ${words}`);
  });

  test("an import that does not resolve, both when it compiles and when it runs", async () => {
    write("packages/errors/README.md", '```ts\nimport { none } from "@nacre/none";\nnone();\n```\n');
    const faults = await checkSnippets(root);
    expect(faults[0]).toContain("the snippet does not compile: Cannot find module '@nacre/none'");
    expect(faults[1]).toContain("the snippet failed: Error [ERR_MODULE_NOT_FOUND]");
  });

  test("an absent README", async () => {
    rmSync(join(root, "packages/errors/README.md"));
    expect(await checkSnippets(root)).toEqual(["packages/errors/README.md: does not exist"]);
  });
});
