/** No file of the repository names the machine it was written on or the host its packages came from. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { files, slashes } from "./workspace.js";

/** What betrays a machine. A path counts only where it starts, so that addresses on the web pass. */
const traces: readonly { what: string; pattern: RegExp }[] = [
  { what: "a path of one machine", pattern: /(?<![\w.\-)\]}])\/(?:work|root|home|Users)\/(?=[\w.])/ },
  {
    what: "a package registry's host",
    pattern: /registry\.(?:npmjs|yarnpkg|npmmirror)\.\w+|npm\.pkg\.github\.com/i,
  },
  { what: "a package registry's host", pattern: /https?:\/\/[^\s"'`]*(?:artifactory|verdaccio|nexus)[./:]/i },
  { what: "a package registry's host", pattern: /"resolved":\s*"https?:/ },
];

// Larger text is data, such as tables of measures; reading it all would cost more than it finds.
const largest = 8 << 20;

/** One line per place in a tracked or new text file that names a machine or a registry. */
export function checkTraces(root: string): string[] {
  return listFiles(root).flatMap((path) => {
    const bytes = readFileSync(join(root, path));
    if (bytes.length > largest || bytes.subarray(0, 8192).includes(0)) return [];
    return bytes
      .toString("utf8")
      .split("\n")
      .flatMap((line, index) =>
        traces
          .filter(({ pattern }) => pattern.test(line))
          .map(({ what, pattern }) => `${path}:${index + 1}: names ${what}: ${pattern.exec(line)![0]}`),
      );
  });
}

function listFiles(root: string): string[] {
  const arguments_ = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const git = spawnSync("git", arguments_, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (git.status === 0)
    return [...new Set(git.stdout.split("\0"))].filter((path) => path && existsSync(join(root, path)));
  // A copy without git: everything but what is fetched or built.
  const made = /(^|\/)(node_modules|dist|\.turbo|\.git|out|coverage|runs|corpora)\//;
  return files(root)
    .map((file) => slashes(relative(root, file)))
    .filter((path) => !made.test(path));
}
