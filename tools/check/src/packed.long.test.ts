import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPackages } from "./workspace.js";

// Packs every published package, installs them together into an empty project outside the repository, and
// uses them there as a reader of the README would.

const root = resolve(import.meta.dirname, "../../..");
const home = mkdtempSync(join(tmpdir(), "nacre-packed-"));
const project = join(home, "project");
const published = readPackages(root).filter(({ manifest }) => !manifest.private);

beforeAll(() => {
  const tarballs = join(home, "tarballs");
  for (const folder of [tarballs, project]) mkdirSync(folder);
  for (const { path } of published) pnpm(["pack", "--pack-destination", tarballs], join(root, path));
  const manifest = { name: "reader", private: true, type: "module" };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  // onnxruntime-node's own script only fetches libraries for other devices.
  npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", ...files]);
  copyFileSync(join(root, "samples", "speech.wav"), join(project, "speech.wav"));
}, 600_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

test("every package arrives with its code, its types and its licence's name", () => {
  for (const { manifest } of published) {
    const folder = join(project, "node_modules", manifest.name);
    const packed = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect(packed.license, manifest.name).toBe("Apache-2.0");
    for (const entry of Object.values((packed.exports ?? {}) as Record<string, unknown>)) {
      for (const file of typeof entry === "string" ? [entry] : Object.values(entry as object)) {
        expect(existsSync(join(folder, file as string)), `${manifest.name}: ${file}`).toBe(true);
      }
    }
  }
});

test("the README's program compiles under strict types and runs with the shipped model", () => {
  const code = readmeProgram();
  writeFileSync(join(project, "program.mts"), code);
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const types = join(root, "node_modules", "@types");
  const options = [
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--typeRoots",
    types,
    "--types",
    "node",
  ];
  execFileSync(process.execPath, [compiler, ...options, "program.mts"], { cwd: project, stdio: "pipe" });
  const output = execFileSync(process.execPath, ["program.mjs"], { cwd: project, encoding: "utf8" });
  expect(output.trim().split("\n").length).toBeGreaterThan(2);
}, 120_000);

test("the program encodes and decodes in that project", () => {
  const program = join(project, "node_modules", ".bin", "nacre-audio");
  execFileSync(program, ["encode", "speech.wav", "-o", "speech.nacre", "--kbps", "3"], { cwd: project });
  execFileSync(program, ["decode", "speech.nacre", "-o", "back.wav"], { cwd: project });
  const [before, after] = ["speech.wav", "back.wav"].map((name) => readFileSync(join(project, name)));
  expect(after!.length).toBe(before!.length);
}, 120_000);

function readmeProgram(): string {
  const blocks = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^```ts\r?\n(.*?)^```/gms)];
  expect(blocks).toHaveLength(1);
  return blocks[0]![1]!;
}

function pnpm(arguments_: string[], cwd: string): void {
  const program = join(root, "tools", "pnpm", "node_modules", "pnpm", "bin", "pnpm.cjs");
  execFileSync(process.execPath, [program, ...arguments_], { cwd, stdio: "pipe" });
}

function npm(arguments_: string[]): void {
  execFileSync("npm", arguments_, { cwd: project, stdio: "pipe", shell: process.platform === "win32" });
}
