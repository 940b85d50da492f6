/** What each package publishes is there and says so rightly: publint, strict, after the build. */
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type Package, readPackages } from "./workspace.js";

/** One line per complaint of publint about a package that is published. */
export async function checkPublished(root: string): Promise<string[]> {
  const faults: string[] = [];
  for (const each of readPackages(root).filter(({ manifest }) => !manifest.private)) {
    faults.push(...(await lint(root, each)));
  }
  return faults;
}

async function lint(root: string, { path }: Package): Promise<string[]> {
  try {
    const { messages, pkg } = await publint({
      pkgDir: join(root, path),
      strict: true,
      level: "warning",
      pack: "pnpm",
    });
    return messages.map(
      (message) => `${path}/package.json: ${formatMessage(message, pkg, { color: false })}`,
    );
  } catch (error) {
    return [
      `${path}/package.json: publint failed: ${error instanceof Error ? error.message.split("\n", 1)[0] : error}`,
    ];
  }
}
