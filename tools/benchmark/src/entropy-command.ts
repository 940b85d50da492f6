import type { Command } from "commander";
import { measureEntropy } from "./entropy/measure-entropy.js";
import { tell } from "./result.js";

type Options = { symbols: number; rounds: number; seed: number; python: string; out?: string };

/** `entropy`: our rANS beside constriction, where there is one. */
export function addEntropy(program: Command): void {
  program
    .command("entropy")
    .description("Our rANS beside PyPI's constriction on the same symbols and tables: time and overhead.")
    .option("--symbols <count>", "coded in each case", Number, 2 ** 20)
    .option("--rounds <count>", "of each coder, in turn; the best counts", Number, 5)
    .option("--seed <number>", "of the symbols", Number, 1)
    .option("--python <program>", "an interpreter with constriction and numpy", "python3")
    .option("--out <file>", "writes the JSON there too")
    .action(async ({ out, ...options }: Options) => {
      await tell("entropy", await measureEntropy(options), out);
    });
}
