import { NacreError } from "@nacre/errors";
import { layerCount } from "../file-header.js";
import type { EncodePictureOptions } from "./picture-codec.js";

/**
 * How the codes of a picture are chosen.
 *
 * layers  content layers of the file, 1 .. all
 * mus     [layers] of `chooseCodes`; absent: the codes that the quantizer gives
 */
export type CodeChoice = { layers: number; mus?: readonly number[] };

/** What an encoding is to land on. bpp: bits of the whole file for a pixel; psnr: dB, see EncodePictureOptions. */
export type PictureTarget = { unit: "bpp" | "psnr"; value: number };

/** Of quality when nothing is asked for. */
export const defaultQuality = 75;

/**
 * What is asked for: a choice of codes, or a target that it takes trials to land on.
 *
 * available  the model's content layers
 * throws     NacreError "option" for more than one of layers, quality, bpp and psnr, or one out of range
 */
export function askedFor(options: EncodePictureOptions, available: number): CodeChoice | PictureTarget {
  const names = (["layers", "quality", "bpp", "psnr"] as const).filter((name) => options[name] !== undefined);
  if (names.length > 1) {
    throw new NacreError("option", {
      found: names.join(" and "),
      expected: "one of layers, quality, bpp and psnr",
    });
  }
  const { layers, quality = defaultQuality, bpp, psnr } = options;
  if (layers !== undefined) return { layers: layerCount(layers, available) };
  if (bpp !== undefined) return { unit: "bpp", value: positive("bit per pixel", bpp) };
  if (psnr !== undefined) return { unit: "psnr", value: positive("dB", psnr) };
  return choiceOf(quality, available);
}

/** Of a layer that has layers above it. */
const fullMu = 0.06;
/** Of a layer that begins, whose codes are then nearly all zero, and of the first one, which may not be. */
const emptyMu = 0.6;
const coarsestMu = 2;
/** Of the last layer at the end of the scale. */
const finestMu = 0.004;

/**
 * So many layers, the top one in part: its mu falls, linearly in its square root, while those below stay as they were
 * when they were the top. So where a layer begins the file is that of the layers below it, and some bytes.
 *
 * share  of the top layer, 0 .. 1
 */
export function partialChoice(layers: number, share: number, available: number): CodeChoice {
  const [start, end] = [layers === 1 ? coarsestMu : emptyMu, layers === available ? finestMu : fullMu];
  const mus = Array<number>(layers).fill(fullMu);
  mus[layers - 1] = (Math.sqrt(start) * (1 - share) + Math.sqrt(end) * share) ** 2;
  return { layers, mus };
}

/**
 * The choice of codes for a quality: every content layer has an equal part of the scale.
 *
 * quality  0 .. 100
 * throws   NacreError "option" out of range
 */
export function choiceOf(quality: number, available: number): CodeChoice {
  if (!(quality >= 0 && quality <= 100)) {
    throw new NacreError("option", { found: `quality ${quality}`, expected: "0 to 100" });
  }
  const place = (quality / 100) * available;
  const layers = Math.max(1, Math.ceil(place));
  return partialChoice(layers, place - layers + 1, available);
}

/** The quality of a choice that `partialChoice` made: choiceOf gives the same codes for it. */
export function qualityOf({ layers, mus }: CodeChoice, available: number): number {
  const top = Math.sqrt(mus?.at(-1) ?? 0);
  const [start, end] = [layers === 1 ? coarsestMu : emptyMu, layers === available ? finestMu : fullMu];
  const share = (Math.sqrt(start) - top) / (Math.sqrt(start) - Math.sqrt(end));
  return (100 * (layers - 1 + Math.min(1, Math.max(0, share)))) / available;
}

function positive(unit: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new NacreError("option", { found: `${value} ${unit}`, expected: "more than 0" });
}
