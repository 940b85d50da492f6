import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";

/** Where a source is had: Debian packages, unpacked into one folder, or a git repository. */
export type Origin = {
  name: string;
  from: { kind: "debian"; packages: readonly string[] } | { kind: "git"; url: string };
};

/**
 * Brings a source to `folder`/<name> with apt-get and dpkg, or git. What is already there is kept, so an
 * interrupted fetch goes on where it stopped.
 *
 * throws NacreError "io" when the program is missing or the source cannot be had
 */
export async function fetchSource(source: Origin, folder: string): Promise<string> {
  const target = join(folder, source.name);
  if (existsSync(target)) return target;
  const temporary = `${target}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  if (source.from.kind === "git") {
    call("git", ["clone", "--depth", "1", source.from.url, temporary], folder, source);
  } else {
    for (const name of source.from.packages) {
      const have = async () => (await readdir(folder)).find((each) => each.startsWith(`${name}_`));
      if (!(await have())) call("apt-get", ["download", name], folder, source);
      call("dpkg", ["-x", join(folder, (await have())!), temporary], folder, source);
    }
  }
  await rename(temporary, target);
  return target;
}

function call(program: string, options: string[], cwd: string, source: Origin): void {
  const { status, error } = spawnSync(program, options, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (status === 0) return;
  throw new NacreError("io", {
    found: `${program} ${error ? "could not be started" : `ended with ${status}`} while fetching ${source.name}`,
    expected: "the source, or a folder that holds it",
    mend: `get it by other means and pass --from ${source.name}=<folder>`,
  });
}
