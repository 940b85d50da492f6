import { resolve } from "node:path";
import { NacreError } from "@nacre/errors";
import type { Command } from "commander";
import type { Contender } from "./pictures/contender.js";
import { pictureContenders } from "./pictures/contenders.js";
import { measurePictures } from "./pictures/measure-pictures.js";
import { progress } from "./progress.js";
import { tell } from "./result.js";

type Options = { codecs?: string; rates: string; out?: string };

/** `pictures <folder>`: rate and quality of codecs of pictures, side by side. */
export function addPictures(program: Command): void {
  program
    .command("pictures")
    .description("JPEG, WebP and AVIF on a folder of pictures: rate, PSNR, SSIM, MS-SSIM, BD-rates.")
    .argument("<folder>", "PNG or TIFF files, 8 bit, without transparency")
    .option("--codecs <list>", "comma-separated, the first is the anchor; all by default")
    .option("--rates <low,high>", "bit per pixel within which BD-rates are taken", "0.15,0.8")
    .option("--out <file>", "writes the JSON there too")
    .action(async (folder: string, { codecs, rates, out }: Options) => {
      const [low, high] = rates.split(",").map(Number) as [number, number];
      const result = await measurePictures(resolve(folder), chosen(codecs), { low, high }, progress);
      await tell("pictures", result, out);
    });
}

function chosen(list: string | undefined): readonly Contender[] {
  if (list === undefined) return pictureContenders;
  return list.split(",").map((name) => {
    const found = pictureContenders.find((contender) => contender.name === name);
    if (found) return found;
    const known = pictureContenders.map((contender) => contender.name).join(", ");
    throw new NacreError("option", { found: `codec ${name}`, expected: `one of ${known}` });
  });
}
