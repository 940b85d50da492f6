#!/usr/bin/env node
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isNacreError, NacreError } from "@nacre/errors";
import { clipKindOf, clipKinds } from "@nacre/training";
import { Command } from "commander";
import { fetchSource } from "./fetch.js";
import { packSources } from "./pack.js";
import { divideSources } from "./reuse.js";
import type { Source } from "./source.js";
import { sources } from "./sources.js";

const program = new Command("corpora")
  .description("Fetches speech and music with stated licences to train on and packs them as one corpus.")
  .option("--folder <folder>", "where everything goes", "corpora")
  .option("--rate <hertz>", "of the packed sound", Number, 24_000)
  .option("--from <name=folder>", "a source that is already on the disk", collect, {})
  .option("--only <names>", "comma-separated names of sources")
  .option("--reuse <folder>", "a packed corpus; the sources that it has are copied, not packed again")
  .option("--kinds <kinds>", `comma-separated: ${clipKinds.join(", ")}`)
  .action(run);

type Options = {
  folder: string;
  rate: number;
  from: Record<string, string>;
  only?: string;
  kinds?: string;
  reuse?: string;
};

async function run({ folder, rate, from, only, kinds, reuse }: Options): Promise<void> {
  const wanted = kinds?.split(",").map(clipKindOf);
  const named = only === undefined ? sources : only.split(",").map(sourceOf);
  const chosen = named.filter(({ kind }) => wanted?.includes(kind) ?? true);
  const home = resolve(folder);
  await mkdir(home, { recursive: true });
  const { packed, missing } = await divideSources(chosen, reuse, rate);
  const fetched = [];
  for (const source of missing) {
    const own = from[source.name];
    fetched.push({ source, root: own === undefined ? await fetchSource(source, home) : resolve(own) });
  }
  const onFile = (name: string, done: number, total: number) => {
    if (process.stderr.isTTY || done === total)
      process.stderr.write(`\r${name} ${done}/${total}${done === total ? "\n" : ""}`);
  };
  const reused = { folder: reuse ?? "", sources: packed };
  const results = await packSources(fetched, join(home, "packed"), rate, onFile, reused);
  await writeFile(join(home, "packed", "report.json"), JSON.stringify(results, null, 2));
  for (const { name, clips, seconds, held, failed } of results) {
    const [all, aside] = [seconds, held].map((each) => (each / 3600).toFixed(2));
    console.log(`${name}: ${clips} clips, ${all} h, ${aside} h of it held, ${failed.length} unreadable`);
  }
}

function sourceOf(name: string): Source {
  const found = sources.find((source) => source.name === name);
  if (found) return found;
  throw new NacreError("option", {
    found: `source "${name}"`,
    expected: sources.map(({ name }) => name).join(", "),
  });
}

function collect(value: string, before: Record<string, string>): Record<string, string> {
  const [name = "", folder = ""] = value.split(/=(.*)/s);
  return { ...before, [name]: folder };
}

program.parseAsync().catch((error: unknown) => {
  if (!isNacreError(error)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
