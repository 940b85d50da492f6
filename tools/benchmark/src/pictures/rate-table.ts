import type { ContenderResult, PairResult, PicturesResult } from "./measure-pictures.js";

/** A result as the tables of a README: points of every codec, then ours against each other one. */
export function rateTable(result: PicturesResult): string {
  const points = table(
    [
      "codec",
      "setting",
      "bit/pixel",
      "PSNR, dB",
      "PSNR of mean error, dB",
      "MS-SSIM",
      "MS-SSIM, dB",
      "encode, s",
      "decode, s",
    ],
    result.contenders.flatMap(pointRows),
  );
  if (result.pairs.length === 0) return points;
  const head = ["BD-rate against", "bit/pixel", "in PSNR", "in MS-SSIM", "in PSNR, curve of means"];
  return `${points}\n${table(head, result.pairs.map(pairRow))}`;
}

function pointRows({ label, curve }: ContenderResult): string[][] {
  return curve.map(({ setting, bitsPerPixel, measures, psnrRgbOfMeanError, seconds }) => [
    label,
    String(setting),
    bitsPerPixel.toFixed(3),
    measures.psnrRgb!.toFixed(2),
    psnrRgbOfMeanError.toFixed(2),
    measures.msSsim!.toFixed(4),
    measures.msSsimDecibels!.toFixed(2),
    seconds ? seconds.encode.toFixed(2) : "-",
    seconds ? seconds.decode.toFixed(2) : "-",
  ]);
}

function pairRow({ anchor, options, measures }: PairResult): string[] {
  const of = (name: string) => measures.find(({ measure }) => measure === name)!.rate;
  const { meanOfPictures: psnr, without } = of("psnrRgb");
  const { meanOfPictures: structure } = of("msSsimDecibels");
  const { value } = of("psnrRgb").curveOfMeans;
  const counted = without.length > 0 ? ` (${without.length} without)` : "";
  return [
    anchor,
    options.rates ? `${options.rates.low} to ${options.rates.high}` : "all in common",
    `${interval(psnr)}${counted}`,
    interval(structure),
    value === null ? "-" : `${value.toFixed(1)} %`,
  ];
}

function interval({ mean, low, high }: { mean: number; low: number; high: number }): string {
  return Number.isFinite(mean) ? `${mean.toFixed(1)} % [${low.toFixed(1)}, ${high.toFixed(1)}]` : "-";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
