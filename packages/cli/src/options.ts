import { NacreError } from "@nacre/errors";

/**
 * One option of a verb.
 *
 * flags      as the user writes them: "-o, --out <file>"; without "<...>" it is a switch
 * help       half a line, lower case
 * parse      text to value; throws NacreError "usage" for a bad one
 * conflicts  names of options that cannot be given beside this one
 * required   true when the verb cannot do without
 */
export type Option<T> = {
  flags: string;
  help: string;
  parse(text: string): T;
  conflicts?: readonly string[];
  required?: boolean;
};

/** Options by name: the long flag in camel case, so "--out-dir" is outDir. */
export type Options = Record<string, Option<unknown>>;

/** What the user gave; an option that was not given is undefined. */
export type Values<O extends Options> = {
  [K in keyof O]: O[K] extends Option<infer T> ? T | undefined : never;
};

type Extra = Pick<Option<unknown>, "conflicts" | "required">;

/** A switch. */
export function toggle(flags: string, help: string, extra: Extra = {}): Option<true> {
  return { flags, help, parse: () => true, ...extra };
}

/** A switch that turns off what is on: "--no-guard" is the option guard, false where it is given. */
export function toggleOff(flags: string, help: string, extra: Extra = {}): Option<boolean> {
  return { flags, help, parse: () => false, ...extra };
}

/** Any text. */
export function text(flags: string, help: string, extra: Extra = {}): Option<string> {
  return { flags, help, parse: (value) => value, ...extra };
}

/** A whole number from 1. */
export function count(flags: string, help: string, extra: Extra = {}): Option<number> {
  const parse = (value: string) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= 1) return number;
    throw badValue(flags, value, "a whole number of at least 1");
  };
  return { flags, help, parse, ...extra };
}

/** A number above 0. */
export function positive(flags: string, help: string, extra: Extra = {}): Option<number> {
  const parse = (value: string) => {
    const number = Number(value);
    if (value.trim() !== "" && Number.isFinite(number) && number > 0) return number;
    throw badValue(flags, value, "a number above 0");
  };
  return { flags, help, parse, ...extra };
}

/** A number between two, both allowed. */
export function number(
  flags: string,
  help: string,
  [least, most]: readonly [number, number],
  extra: Extra = {},
): Option<number> {
  const parse = (value: string) => {
    const given = Number(value);
    if (value.trim() !== "" && given >= least && given <= most) return given;
    throw badValue(flags, value, `a number from ${least} to ${most}`);
  };
  return { flags, help, parse, ...extra };
}

/** One of a few words, each standing for a value. */
export function choice<T>(
  flags: string,
  help: string,
  values: Readonly<Record<string, T>>,
  extra: Extra = {},
): Option<T> {
  const parse = (value: string) => {
    if (Object.hasOwn(values, value)) return values[value]!;
    throw badValue(flags, value, `one of ${Object.keys(values).join(", ")}`);
  };
  return { flags, help, parse, ...extra };
}

function badValue(flags: string, value: string, expected: string): NacreError {
  const name = flags.match(/--[\w-]+/)?.[0] ?? flags;
  return new NacreError("usage", { found: `${name} ${value}`, expected });
}
