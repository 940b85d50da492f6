import { NacreError } from "@nacre/errors";
import type { Change, Comparison } from "./compare.js";

const signs = {
  ">=": (value: number, bound: number) => value >= bound,
  "<=": (value: number, bound: number) => value <= bound,
  ">": (value: number, bound: number) => value > bound,
  "<": (value: number, bound: number) => value < bound,
};

/** "bd_rate(ssim) > 1%": `text` is as it was given. */
export type Condition = {
  text: string;
  name: string;
  measure?: string;
  sign: keyof typeof signs;
  bound: number;
  unit: string;
};

/**
 * holds     the whole interval meets the condition: it surely holds
 * possible  some of the interval meets it; with `holds` false it is not proven
 * sentence  for people
 */
export type Judgement = { condition: string; holds: boolean; possible: boolean; sentence: string };

const form = /^([A-Za-z]\w*)(?:\(\s*(\w+)\s*\))?\s*(>=|<=|>|<)\s*([+-]?\d+(?:\.\d+)?)\s*(%|[A-Za-z]+)?$/;

/**
 * Reads conditions between commas: name, sign, number, unit. Names are bd_rate, bd_rate(measure), rate and those of
 * measures; the unit may be left out.
 *
 * throws  NacreError "usage" for what is no condition
 */
export function parseConditions(text: string): Condition[] {
  return text.split(",").map((part) => {
    const found = form.exec(part.trim());
    if (!found) throw notUnderstood(part.trim());
    const [, name, measure, sign, bound, unit] = found;
    if (measure !== undefined && name !== "bd_rate") throw notUnderstood(part.trim());
    return {
      ...{ text: part.trim(), name: name!, ...(measure === undefined ? {} : { measure }) },
      ...{ sign: sign as keyof typeof signs, bound: Number(bound), unit: unit ?? "" },
    };
  });
}

/**
 * Judges conditions about what changed. One holds when the whole 95 % interval of the difference meets it, so that
 * chance alone seldom makes it hold; one that cannot be judged holds, so that nothing passes unseen.
 *
 * throws  NacreError "usage" for a name or unit that the comparison does not have
 */
export function judge(conditions: readonly Condition[], comparison: Comparison): Judgement[] {
  return conditions.map((condition) => judged(condition, changeOf(condition, comparison)));
}

function judged({ text, sign, bound }: Condition, { difference, missing }: Change): Judgement {
  if (difference === null) {
    return {
      ...{ condition: text, holds: true, possible: true },
      sentence: `${text}: cannot be judged, for there is no difference: ${missing ?? "no file has one"}`,
    };
  }
  const { mean, low, high } = difference;
  const [one, other] = [signs[sign](low, bound), signs[sign](high, bound)];
  const [holds, possible] = [one && other, one || other];
  const words = holds ? "holds" : possible ? "is not proven" : "does not hold";
  const interval = `${mean.toFixed(3)}, interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  return { condition: text, holds, possible, sentence: `${text}: ${words} (${interval})` };
}

function changeOf({ text, name, measure, unit }: Condition, { changes, chief }: Comparison): Change {
  const wanted = name === "bd_rate" ? (measure ?? chief) : undefined;
  const found = changes.find((each) => each.name === name && each.measure === wanted);
  if (!found) throw unknownName(text, changes);
  if (unit === "" || unit === found.unit) return found;
  throw new NacreError("usage", {
    found: `--fail-if ${text}`,
    expected: `${found.unit || "no unit"} for ${name}`,
  });
}

function unknownName(text: string, changes: readonly Change[]): NacreError {
  const measures = changes.flatMap(({ measure }) => measure ?? []);
  return new NacreError("usage", {
    found: `--fail-if ${text}`,
    expected: `bd_rate, bd_rate(measure), rate or a measure: ${measures.join(", ")}`,
  });
}

function notUnderstood(text: string): NacreError {
  return new NacreError("usage", {
    found: `--fail-if ${text}`,
    expected: 'a name, a sign and a number, such as "bd_rate > 1%" or "stoi < -0.01"',
  });
}
