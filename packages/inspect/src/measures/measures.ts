import { NacreError } from "@nacre/errors";
import { anisotropy } from "./anisotropy.js";
import { carried } from "./carried.js";
import { codeDistances } from "./code-distances.js";
import { codeLengths } from "./code-lengths.js";
import { deadCodes } from "./dead-codes.js";
import { decoderLens, encoderLens } from "./decoder-lens.js";
import { driftOfUse } from "./drift.js";
import { idleBlocks } from "./idle-blocks.js";
import { intrinsicDimension } from "./intrinsic-dimension.js";
import { layerAlone } from "./layer-alone.js";
import type { Measure } from "./measure.js";
import { mostUsed } from "./most-used.js";
import { neighbourEntropy } from "./neighbour-entropy.js";
import { outlierDimensions } from "./outlier-dimensions.js";
import { rotation } from "./rotation.js";
import { sensitivity } from "./sensitivity.js";
import { spectrum } from "./spectrum.js";
import { withoutLayer } from "./without-layer.js";

/** Every measure of layers, in the order to show. Adding one is a file, a page in docs/measures and a line here. */
export const measures: readonly Measure[] = [
  ...Object.values(carried),
  neighbourEntropy,
  codeLengths,
  deadCodes,
  mostUsed,
  codeDistances,
  driftOfUse,
  anisotropy,
  spectrum,
  outlierDimensions,
  rotation,
  intrinsicDimension,
  withoutLayer,
  layerAlone,
  sensitivity,
  decoderLens,
  encoderLens,
  idleBlocks,
];

/**
 * The measures of these names, in the order of the registry.
 *
 * names   or "cheap" for all that cost little, or "all"
 * throws  NacreError "option" for a name that is none; it names the nearest
 */
export function measuresOf(names: readonly string[] | "cheap" | "all"): Measure[] {
  if (names === "all") return [...measures];
  if (names === "cheap") return measures.filter(({ cost }) => cost === "cheap");
  const unknown = names.find((name) => !measures.some((each) => each.name === name));
  if (unknown !== undefined) throw noMeasure(unknown);
  return measures.filter(({ name }) => names.includes(name));
}

function noMeasure(name: string): NacreError {
  const ranked = measures.map((each) => each.name).toSorted((a, b) => edits(name, a) - edits(name, b));
  return new NacreError("option", {
    found: `a measure "${name}"`,
    expected: `one of those that --measures list tells; the nearest name is ${ranked[0]}`,
  });
}

/** Letters to insert, delete or replace until one word is the other: Levenshtein 1966. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
