import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { naming } from "@nacre/errors";

/** What a package's copyright file says of some of its files. */
export type CopyrightPart = {
  /** Tells whether a path of the package's source is meant. */
  covers: (path: string) => boolean;
  /** Its first line. */
  licence: string;
  /** Names without years, in one line. */
  holders: string;
};

/** Reads usr/share/doc/<package>/copyright of an unpacked package. throws NacreError "io" when it is absent */
export async function readCopyright(root: string, name: string): Promise<CopyrightPart[]> {
  const path = join(root, "usr/share/doc", name, "copyright");
  return parseCopyright(await naming(path, readFile(path, "utf8")));
}

/**
 * Reads the machine-readable form (copyright-format 1.0): paragraphs of "Field: value" lines, of which those
 * with Files say what holds for these.
 */
export function parseCopyright(text: string): CopyrightPart[] {
  return text
    .split(/\n\s*\n/)
    .map(fieldsOf)
    .flatMap(({ Files: files, License: licence, Copyright: copyright = "" }) =>
      files === undefined || licence === undefined
        ? []
        : [{ covers: matcherOf(files), licence: licence.split("\n")[0]!, holders: holdersOf(copyright) }],
    );
}

/** What holds for a path: of the parts that cover it the last, as the format says. */
export function copyrightOf(parts: readonly CopyrightPart[], path: string): CopyrightPart | undefined {
  return parts.findLast(({ covers }) => covers(path));
}

/** Who is named first, without address; those named after may have changed a work but did not make it. */
export function firstHolder({ holders }: CopyrightPart): string {
  return holders.split(",")[0]!.replace(/<.*/, "").trim();
}

function fieldsOf(paragraph: string): Record<string, string> {
  const fields = paragraph.matchAll(/^(\S+):[ \t]*(.*(?:\n[ \t].*)*)/gm);
  return Object.fromEntries([...fields].map(([, name, value]) => [name!, value!.trim()]));
}

function matcherOf(files: string): (path: string) => boolean {
  const patterns = files.split(/\s+/).map((pattern) => {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  });
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function holdersOf(copyright: string): string {
  return copyright
    .split("\n")
    .map((line) => line.trim().replace(/^[\d,. -]+/, ""))
    .join(", ");
}
