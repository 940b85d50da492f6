import { meanInterval } from "@nacre/metrics";
import type { Mean } from "./schema.js";

/** Mean and interval over files; values that are null are left out; null where none is left. */
export function meanOf(values: readonly (number | null)[]): Mean | null {
  const { mean, low, high, count } = meanInterval(values.filter((value) => value !== null));
  return count === 0 ? null : { mean, low, high };
}

/** Means by measure, and the first reason for each that does not exist. */
export function meansOf(
  names: readonly string[],
  rows: readonly { values: Record<string, number | null>; missing: Record<string, string> }[],
  field = "",
): { values: Record<string, Mean | null>; missing: Record<string, string> } {
  const values: Record<string, Mean | null> = {};
  const missing: Record<string, string> = {};
  for (const name of names) {
    values[name] = meanOf(rows.map((row) => row.values[name] ?? null));
    if (values[name] !== null) continue;
    const key = `${field}${name}`;
    missing[key] =
      rows.map((row) => row.missing[key]).find((reason) => reason !== undefined) ?? "no file has it";
  }
  return { values, missing };
}
