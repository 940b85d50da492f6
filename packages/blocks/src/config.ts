import { NacreError } from "@nacre/errors";
import type { ParameterSpec } from "./network.js";
import { countParameters } from "./parameters.js";

// Config and weights may be hostile: 2^27 values are half a gigabyte.
const MOST_PARAMETERS = 2 ** 27;

/** Reads the fields of one config; every refusal is a NacreError "model" that names the field. */
export type ConfigReader = {
  /** A whole number in low .. high. */
  integer(field: string, low: number, high: number): number;
  /** A finite number in low .. high. */
  number(field: string, low: number, high: number): number;
  boolean(field: string): boolean;
  /** A list of 1 .. most whole numbers, each in low .. high. */
  integers(field: string, bounds: { low: number; high: number; most: number }): number[];
  /** Throws unless the rule holds between fields that are each in range. */
  require(holds: boolean, found: string, expected: string): void;
};

/**
 * Opens a config read from disk.
 *
 * owner   name of the architecture, for the error sentence
 * fields  all fields that exist: a config with others means something this reader does not know
 * throws  NacreError "model" when json is no plain object or has an unknown field
 */
export function configReader(owner: string, json: unknown, fields: readonly string[]): ConfigReader {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw refusal(owner, "the config is not an object", "a JSON object");
  }
  const record = json as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(record).find((key) => !fields.includes(key));
  if (stranger !== undefined) {
    throw refusal(owner, `unknown field ${show(stranger)}`, `only ${fields.join(", ")}`);
  }
  const value = (field: string) => (Object.hasOwn(record, field) ? record[field] : undefined);
  const number = (field: string, low: number, high: number): number => {
    const found = value(field);
    if (typeof found === "number" && found >= low && found <= high) return found;
    throw refusal(owner, `${field} is ${show(found)}`, `a number from ${low} to ${high}`);
  };
  return {
    number,
    integer(field, low, high) {
      const found = number(field, low, high);
      if (Number.isInteger(found)) return found;
      throw refusal(owner, `${field} is ${found}`, `a whole number from ${low} to ${high}`);
    },
    boolean(field) {
      const found = value(field);
      if (typeof found === "boolean") return found;
      throw refusal(owner, `${field} is ${show(found)}`, "true or false");
    },
    integers(field, { low, high, most }) {
      const found = value(field);
      const fits = (each: unknown): each is number =>
        Number.isInteger(each) && (each as number) >= low && (each as number) <= high;
      if (Array.isArray(found) && found.length >= 1 && found.length <= most && found.every(fits))
        return found;
      throw refusal(
        owner,
        `${field} is ${show(found)} that does not fit`,
        `1 to ${most} whole numbers from ${low} to ${high}`,
      );
    },
    require(holds, found, expected) {
      if (!holds) throw refusal(owner, found, expected);
    },
  };
}

/** Refuses a config that asks for more trained values than any network of ours has. */
export function requireFewParameters(read: ConfigReader, specs: readonly ParameterSpec[]): void {
  const count = countParameters(specs);
  read.require(count <= MOST_PARAMETERS, `${count} parameters are asked for`, `at most ${MOST_PARAMETERS}`);
}

function refusal(owner: string, found: string, expected: string): NacreError {
  return new NacreError("model", {
    found: `in the config of ${owner} ${found}`,
    expected,
    mend: "check that the model's files are complete and of this version",
  });
}

/** A value from a hostile file in a few characters at most. */
function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return JSON.stringify(String(value).slice(0, 40));
}
