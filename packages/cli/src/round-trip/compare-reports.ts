import { readFile } from "node:fs/promises";
import { NacreError, naming } from "@nacre/errors";
import {
  type Change,
  type Comparison,
  compareRoundTrips,
  judge,
  parseConditions,
  type RoundTripReport,
  roundTripSchema,
} from "@nacre/report";
import { counted } from "../facts.js";
import { table } from "../table.js";
import { type Context, report } from "../verb.js";
import { withInterval } from "./report-table.js";

/**
 * Tells what changed between two reports.
 *
 * returns  1 when one of the conditions surely holds
 * throws   NacreError "usage" for other than two inputs or conditions that are none, "option" for files that are no
 *          reports or cannot be compared, "io" when they cannot be read
 */
export async function compareReports(
  context: Context,
  inputs: readonly string[],
  { failIf, json }: { failIf: string | undefined; json: true | undefined },
): Promise<number> {
  const [first, second, ...more] = inputs;
  if (first === undefined || second === undefined || more.length > 0) throw notTwo(inputs);
  const conditions = failIf === undefined ? [] : parseConditions(failIf);
  const comparison = compareRoundTrips(await readReport(first), await readReport(second));
  const judgements = judge(conditions, comparison);
  const lines = [changeTable(comparison), ...(judgements.length > 0 ? [""] : [])];
  const sentences = judgements.map(({ sentence }) => sentence);
  await report(context, json, { ...comparison, conditions: judgements }, [...lines, ...sentences].join("\n"));
  return judgements.some(({ holds }) => holds) ? 1 : 0;
}

async function readReport(path: string): Promise<RoundTripReport> {
  const text = await naming(path, readFile(path, "utf8"));
  try {
    return roundTripSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NacreError(
      "option",
      { found: `${path} is no round-trip report`, expected: "a report.json that report wrote" },
      { cause },
    );
  }
}

function changeTable({ before, after, shared, changes }: Comparison): string {
  const rows = changes.map((change) => [
    change.measure === undefined ? change.name : `${change.name}(${change.measure})`,
    change.difference ? withInterval(change.difference, digitsOf(change)) : "-",
    change.unit,
    String(change.files),
    verdictOf(change),
  ]);
  const head = `${before.model} (${before.decodeHash}) to ${after.model} (${after.decodeHash}), ${counted(shared.length, "file")} in both`;
  return `${head}\n\n${table([["change", "mean [95 %]", "unit", "files", ""], ...rows], [1, 3])}`;
}

function verdictOf({ difference, significant, better, missing }: Change): string {
  if (difference === null) return missing ?? "";
  if (!significant) return difference.mean === 0 ? "same" : "not proven";
  return difference.mean > 0 === (better === "higher") ? "better" : "worse";
}

function digitsOf({ unit }: Change): number {
  return unit === "" ? 4 : 2;
}

function notTwo(inputs: readonly string[]): NacreError {
  return new NacreError("usage", {
    found: `--compare with ${counted(inputs.length, "file")}`,
    expected: "two report.json, the older first",
  });
}
