import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { NacreError } from "@nacre/errors";

/** A file to pack, below the folder that the user named. */
export type FoundFile = { root: string; path: string };

/** Every so many-th file is kept aside to measure on. */
const heldEvery = 20;

/**
 * Files that arguments stand for, folders searched to the bottom.
 *
 * pattern  names to look for in folders
 * throws   NacreError "io" when one cannot be read
 */
export async function findFiles(
  inputs: readonly string[],
  pattern: RegExp,
  nouns: string,
): Promise<FoundFile[]> {
  return (await Promise.all(inputs.map((input) => filesIn(input, pattern, nouns)))).flat();
}

async function filesIn(input: string, pattern: RegExp, nouns: string): Promise<FoundFile[]> {
  const found = await stat(input).catch((cause: unknown) => {
    throw new NacreError(
      "io",
      { found: `${input} cannot be read`, expected: `a folder of ${nouns}` },
      { cause },
    );
  });
  if (!found.isDirectory()) return [{ root: dirname(input), path: input }];
  const names = await readdir(input, { recursive: true });
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => ({ root: input, path: join(input, name) }));
}

/** Where a file comes from, as a corpus has it; its folder stands for who made it. */
export function originOf({ root, path }: FoundFile): { source: string; path: string; maker: string } {
  return {
    source: basename(root),
    path: relative(root, path) || basename(path),
    maker: relative(root, dirname(path)) || basename(root),
  };
}

/** The part of a corpus for the file after `used` others. */
export function splitAfter(used: number): "train" | "validation" {
  return used % heldEvery === heldEvery - 1 ? "validation" : "train";
}
