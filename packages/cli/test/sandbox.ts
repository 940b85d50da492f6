import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for one test, with these files; gone afterwards. */
export function sandbox(files: Record<string, string | Uint8Array> = {}): (...parts: string[]) => string {
  const root = mkdtempSync(join(tmpdir(), "nacre-cli-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return (...parts) => join(root, ...parts);
}
