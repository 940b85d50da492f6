import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { drawFigures } from "./plot/figures.js";
import { tell } from "./result.js";

type Options = { results: string; out: string };

/** `plot`: pictures of the committed results. */
export function addPlot(program: Command): void {
  program
    .command("plot")
    .description("Draws the committed results as SVG files; measures nothing.")
    .option("--results <folder>", "with the benchmarks' JSON files", "tools/benchmark/results")
    .option("--out <folder>", "that the pictures are written into, over those before", "docs/figures")
    .action(async ({ results, out }: Options) => {
      const drawn = await drawFigures(results);
      await mkdir(out, { recursive: true });
      for (const { file, svg } of drawn) if (svg !== null) await writeFile(join(out, file), svg);
      await tell("plot", {
        drawn: drawn.filter(({ svg }) => svg !== null).map(({ file }) => file),
        missing: drawn
          .filter(({ svg }) => svg === null)
          .map(({ file, missing }) => ({ file, results: missing })),
      });
    });
}
