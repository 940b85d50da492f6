import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { naming } from "@nacre/errors";
import { type Output, type OutputOptions, openOutput } from "./output.js";

const place = /%(0(\d+))?d/;

/** Whether a result's name stands for a row of files: it holds %d, or %05d for five digits. */
export function isNumbered(name: string): boolean {
  return place.test(name);
}

/** The name of one file of a row, numbered from 1. */
export function numberedName(pattern: string, number: number): string {
  return pattern.replace(place, (_all, _padded, digits: string | undefined) =>
    String(number).padStart(Number(digits ?? 1), "0"),
  );
}

/**
 * A row of files, one for every piece that is written; each gets its name when it is whole, so whatever ends the work
 * leaves whole files alone. The folder of the row is made.
 *
 * throws  as openOutput, at every file
 */
export async function numberedOutput(pattern: string, options: OutputOptions): Promise<Output> {
  const folder = dirname(numberedName(pattern, 1));
  await naming(folder, mkdir(folder, { recursive: true }));
  let number = 0;
  return {
    async write(bytes) {
      const file = await openOutput(numberedName(pattern, ++number), options);
      try {
        await file.write(bytes);
        await file.keep();
      } catch (error) {
        await file.drop();
        throw error;
      }
    },
    rewriteStart: async () => undefined,
    keep: async () => undefined,
    drop: async () => undefined,
  };
}
