import { resolve } from "node:path";
import { NacreError } from "@nacre/errors";
import type { Command } from "commander";
import type { Contender } from "./pictures/contender.js";
import { pictureContenders } from "./pictures/contenders.js";
import { measurePictures } from "./pictures/measure-pictures.js";
import { nacreContender, type RateWay, rateWays } from "./pictures/nacre-contender.js";
import { rateTable } from "./pictures/rate-table.js";
import { progress } from "./progress.js";
import { tell } from "./result.js";

type Options = {
  codecs?: string;
  model?: string;
  by: RateWay;
  settings?: string;
  threads: number;
  guard?: boolean;
  rates: string;
  table?: boolean;
  out?: string;
};

/** `pictures <folder>`: rate and quality of codecs of pictures, side by side. */
export function addPictures(program: Command): void {
  program
    .command("pictures")
    .description(
      "Ours beside JPEG, WebP and AVIF on a folder of pictures: rate, PSNR, SSIM, MS-SSIM, BD-rates.",
    )
    .argument("<folder>", "PNG or TIFF files, 8 bit, without transparency")
    .option("--codecs <list>", "comma-separated, the first is the anchor; all by default")
    .option("-m, --model <name>", "name or folder of our model; without it ours is not measured")
    .option("--by <way>", `how ours is told how much to write: ${Object.keys(rateWays).join(", ")}`, "layers")
    .option("--settings <list>", "comma-separated, of that way; all by default")
    .option("--threads <count>", "of our networks", Number, 2)
    .option("--guard", "lets ours store tiles by another coding, as its program does by default")
    .option("--rates <low,high>", "bit per pixel within which BD-rates are taken", "0.15,0.8")
    .option("--table", "prints the tables of the README instead of the JSON")
    .option("--out <file>", "writes the JSON there too")
    .action(async (folder: string, options: Options) => {
      const [low, high] = options.rates.split(",").map(Number) as [number, number];
      const contenders = [...chosen(options.codecs), ...(await ours(options))];
      const result = await measurePictures(resolve(folder), contenders, { low, high }, progress);
      if (!options.table) return tell("pictures", result, options.out);
      await tell("pictures", result, options.out, rateTable(result));
    });
}

async function ours({ model, by, settings, threads, guard }: Options): Promise<Contender[]> {
  if (model === undefined) return [];
  const list = settings && { settings: settings.split(",").map(Number) };
  return [await nacreContender(model, { by, threads, ...list, ...(guard && { guard }) })];
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
