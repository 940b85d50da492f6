import { expect } from "vitest";

/** Names of elements in the order of the page; fails where one is closed that is not the innermost open one. */
export function elements(html: string): string[] {
  const empty = new Set(["meta", "br", "img", "input", "line", "rect", "!doctype"]);
  const open: string[] = [];
  const names: string[] = [];
  const outside = html.replace(/(<(script|style)\b[^>]*>)[\s\S]*?(<\/\2>)/g, "$1$3");
  for (const [, slash, name] of outside.matchAll(
    /<(\/?)([a-z!][a-z0-9]*)(?:\s+[a-z][a-z0-9-]*(?:="[^"<>]*")?)*\s*\/?>/gi,
  )) {
    if (slash) expect(open.pop()).toBe(name);
    else names.push(name!);
    if (!slash && !empty.has(name!)) open.push(name!);
  }
  expect(outside.match(/</g)!.length, "no < outside a tag").toBe(
    names.length * 2 - names.filter((n) => empty.has(n)).length,
  );
  expect(open).toEqual([]);
  return names;
}
