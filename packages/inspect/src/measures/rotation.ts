import { gainLimit, tinyNorm } from "@nacre/rotation-trick";
import { finite } from "../quality.js";
import { perContent } from "./bench.js";
import { difference, type LatentSample } from "./latent-sample.js";
import type { ComputedMeasure } from "./measure.js";
import { quantile } from "./quantile.js";

const quantiles = [
  ["5", 0.05],
  ["25", 0.25],
  ["75", 0.75],
  ["95", 0.95],
] as const;

/** What the rotation trick sees of each layer: the angle from e, what the layer was given, to q, and |q| / |e|. */
export const rotation: ComputedMeasure = {
  ...{ name: "rotation", title: "Angle and length ratio between e and q", unit: "degrees" },
  ...{ cost: "cheap", needs: ["latents"], page: "rotation" },
  fields: [
    { name: "angle", label: "angle", unit: "degrees" },
    ...quantiles.map(([name]) => ({ name: `angle${name}`, label: `${name} %`, unit: "degrees" })),
    { name: "ratio", label: "|q|/|e|", unit: "" },
    ...quantiles.map(([name]) => ({ name: `ratio${name}`, label: `${name} %`, unit: "" })),
    { name: "obtuse", label: "obtuse", unit: "" },
    { name: "overGain", label: `over ${gainLimit}`, unit: "" },
    { name: "withoutDirection", label: "no direction", unit: "" },
  ],
  async compute(bench) {
    const sample = await bench.latents();
    return perContent(bench, (k) => {
      const { angles, ratios, rows } = turns(sample, k);
      const value = (number: number) => finite(number, "no row of the layer has a direction");
      const share = (count: number) => value(count / angles.length);
      const spread = (name: string, sorted: Float64Array) =>
        quantiles.map(([part, at]) => [`${name}${part}`, value(quantile(sorted, at))] as const);
      return {
        angle: value(quantile(angles, 0.5)),
        ...Object.fromEntries(spread("angle", angles)),
        ratio: value(quantile(ratios, 0.5)),
        ...Object.fromEntries(spread("ratio", ratios)),
        obtuse: share(angles.filter((angle) => angle > 90).length),
        overGain: share(ratios.filter((ratio) => ratio > gainLimit).length),
        withoutDirection: finite((rows - angles.length) / rows, "there are no rows"),
      };
    });
  },
};

/** Angles in degrees and ratios |q| / |e| of content layer k, each sorted; rows shorter than tinyNorm are left out. */
export function turns(
  sample: LatentSample,
  k: number,
): { angles: Float64Array; ratios: Float64Array; rows: number } {
  const { latent, prefixes, rows, dimension } = sample;
  const e = k === 0 ? latent : difference(latent, prefixes[k - 1]!);
  const q = k === 0 ? prefixes[0]! : difference(prefixes[k]!, prefixes[k - 1]!);
  const [angles, ratios]: [number[], number[]] = [[], []];
  for (let from = 0; from < rows * dimension; from += dimension) {
    let [ee, eq, qq] = [0, 0, 0];
    for (let i = from; i < from + dimension; i++) {
      ee += e[i]! ** 2;
      eq += e[i]! * q[i]!;
      qq += q[i]! ** 2;
    }
    if (Math.min(ee, qq) < tinyNorm ** 2) continue;
    const cosine = eq / Math.sqrt(ee * qq);
    angles.push((Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI);
    ratios.push(Math.sqrt(qq / ee));
  }
  return { angles: Float64Array.from(angles).sort(), ratios: Float64Array.from(ratios).sort(), rows };
}
