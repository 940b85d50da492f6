import { extname } from "node:path";
import { NacreError } from "@nacre/errors";
import { choice, type Option } from "./options.js";

/** "--format", for verbs whose result may be of several kinds; its value is the ending of that kind. */
export function formatOption(endings: readonly string[]): Option<string> {
  const values = Object.fromEntries(endings.map((ending) => [ending.slice(1), ending]));
  const names = Object.keys(values).join(", ");
  return choice("--format <name>", `${names}; by default as the name of -o ends`, values);
}

/**
 * The ending that says what kind of result is made: the one asked for, else the name's own, else the usual one,
 * which is the first.
 *
 * throws  NacreError "usage" when a name ends in none of several
 */
export function resultEnding(
  out: string | undefined,
  format: string | undefined,
  endings: readonly string[],
): string {
  const usual = endings[0] ?? "";
  if (format !== undefined) return format;
  if (out === undefined || out === "-" || endings.length < 2) return usual;
  const ending = extname(out).toLowerCase();
  if (endings.includes(ending)) return ending;
  throw new NacreError("usage", {
    found: `a result called ${out}`,
    expected: `a name that ends in ${endings.slice(0, -1).join(", ")} or ${endings.at(-1)}`,
    mend: "or choose with --format",
  });
}
