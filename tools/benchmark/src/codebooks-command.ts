import { resolve } from "node:path";
import type { Command } from "commander";
import { measureCodebooks } from "./codebooks.js";
import { progress } from "./progress.js";
import { tell } from "./result.js";

/** `codebooks`: usage and perplexity of every layer on speakers that a model never heard. */
export function addCodebooks(program: Command): void {
  program
    .command("codebooks")
    .description("Counts the codes of a packed corpus' held speakers: usage and perplexity by layer.")
    .option("--corpus <folder>", "packed by tools/corpora", "corpora/packed")
    .option("-m, --model <name>", "name or folder; the shipped model by default")
    .option("--out <file>", "writes the JSON there too")
    .action(async ({ corpus, model, out }: { corpus: string; model?: string; out?: string }) => {
      await tell("codebooks", await measureCodebooks(model, resolve(corpus), progress), out);
    });
}
