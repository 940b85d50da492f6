import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import type { ChannelResult } from "../channel/measure-channel.js";
import type { OpusResult } from "../opus.js";
import type { PicturesResult } from "../pictures/measure-pictures.js";
import type { Quality } from "../quality.js";
import { channelFigure } from "./channel-figure.js";
import { drawFigure } from "./figure.js";
import { ratePlot } from "./picture-figure.js";
import { rateFigure } from "./rate-figure.js";

/** One picture: the file it is in, and the results that it is drawn from. */
type Source = { file: string; results: string[]; draw: (results: unknown[]) => string };

/** Every picture; adding one is a line. */
const sources: readonly Source[] = [
  {
    file: "rate-speech-24k.svg",
    results: ["quality-speech-24k", "opus-speech"],
    draw: ([quality, opus]) => drawFigure(rateFigure("Speech", quality as Quality, opus as OpusResult)),
  },
  {
    file: "rate-music-speech-24k.svg",
    results: ["quality-music-speech-24k", "opus-music"],
    draw: ([quality, opus]) =>
      drawFigure(rateFigure("Music through a model of speech", quality as Quality, opus as OpusResult)),
  },
  {
    file: "channel-speech-24k.svg",
    results: ["channel-speech-24k"],
    draw: ([channel]) => drawFigure(channelFigure(channel as ChannelResult)),
  },
  {
    file: "pictures-photo-psnr.svg",
    results: ["pictures-photo"],
    draw: ([pictures]) => ratePlot(pictures as PicturesResult, "psnrRgb", "PSNR of RGB (dB)"),
  },
  {
    file: "pictures-photo-msssim.svg",
    results: ["pictures-photo"],
    draw: ([pictures]) => ratePlot(pictures as PicturesResult, "msSsimDecibels", "MS-SSIM (dB)"),
  },
];

/** A picture as the text of its file; null, with the results that are missing, where it cannot be drawn. */
export type Drawn = { file: string; svg: string | null; missing: string[] };

/**
 * Draws every picture from a folder of results.
 *
 * throws NacreError "media" for a file that is no benchmark's result
 */
export async function drawFigures(folder: string): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (const { file, results, draw } of sources) {
    const missing = results.filter((name) => !existsSync(join(folder, `${name}.json`)));
    const svg =
      missing.length > 0 ? null : draw(await Promise.all(results.map((name) => read(folder, name))));
    drawn.push({ file, svg, missing });
  }
  return drawn;
}

async function read(folder: string, name: string): Promise<unknown> {
  const path = join(folder, `${name}.json`);
  const result = JSON.parse(await readFile(path, "utf8")) as { schema?: string; benchmark?: string };
  const benchmark = name.split("-")[0];
  if (result.schema === "nacre.benchmark/1" && result.benchmark === benchmark) return result;
  throw new NacreError("media", {
    found: `${path}, a result of ${result.benchmark ?? "nothing"} (${result.schema ?? "no schema"})`,
    expected: `one of ${benchmark} (nacre.benchmark/1)`,
    mend: `measure again: node tools/benchmark/dist/main.js ${benchmark} --out ${path}`,
  });
}
