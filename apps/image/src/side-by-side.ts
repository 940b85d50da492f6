import type { Picture } from "@nacre/nacre";
import { drawLetters, letteringSize } from "./lettering.js";

/** One picture of several of the same thing, and what stands above it. */
export type Panel = { label: string; picture: Picture };

/** Pixels of a panel at most and at least, of the letters' points, and between panels. */
const [widest, highest, narrowest, point, gap] = [480, 360, 300, 2, 8];
const columns = 3;
const strip = letteringSize(1).height * point + 2 * gap;
const [paper, ink] = [250, 20];

/**
 * Panels in rows of three, each with its label, 8-bit RGB. Where the pictures are larger than a panel all show the same
 * part: the one in which the pictures after the first differ most from the first, all errors taken together.
 */
export function sideBySide(panels: readonly Panel[]): Picture {
  const [original, ...others] = panels.map(({ picture }) => picture);
  const part = hardestPart(original!, others);
  const scale = Math.max(1, Math.ceil(narrowest / part.width));
  const cell = { width: scale * part.width + gap, height: scale * part.height + strip };
  const width = cell.width * Math.min(columns, panels.length) + gap;
  const height = cell.height * Math.ceil(panels.length / columns) + gap;
  const planes = [0, 1, 2].map(() => new Uint8Array(width * height).fill(paper));
  for (const [index, { label, picture }] of panels.entries()) {
    const left = gap + (index % columns) * cell.width;
    const top = Math.floor(index / columns) * cell.height;
    drawLetters(label, (column, row) => {
      for (let y = 0; y < point; y++)
        for (let x = 0; x < point; x++) {
          const across = column * point + x;
          const at = (top + gap + row * point + y) * width + left + across;
          if (across < cell.width - gap) for (const plane of planes) plane[at] = ink;
        }
    });
    lay(picture, part, scale, planes, width, { left, top: top + strip });
  }
  return { width, height, colour: "rgb", bitDepth: 8, planes };
}

type Part = { x: number; y: number; width: number; height: number };

function hardestPart(original: Picture, others: readonly Picture[]): Part {
  const width = Math.min(original.width, widest);
  const height = Math.min(original.height, highest);
  let best: { part: Part; error: number } | undefined;
  for (const y of starts(original.height, height)) {
    for (const x of starts(original.width, width)) {
      const part = { x, y, width, height };
      const error = others.reduce((sum, other) => sum + errorIn(original, other, part), 0);
      if (!best || error > best.error) best = { part, error };
    }
  }
  return best!.part;
}

/** Places along a side that cover it, half a part after each other; the last ends where the side does. */
function starts(side: number, part: number): number[] {
  const count = Math.ceil((side - part) / Math.ceil(part / 2)) + 1;
  return Array.from({ length: count }, (_, at) => Math.min(side - part, at * Math.ceil(part / 2)));
}

function errorIn(a: Picture, b: Picture, { x, y, width, height }: Part): number {
  let sum = 0;
  for (const [colour, plane] of a.planes.entries()) {
    const other = b.planes[colour]!;
    for (let row = y; row < y + height; row++) {
      for (let at = row * a.width + x; at < row * a.width + x + width; at++)
        sum += (plane[at]! - other[at]!) ** 2;
    }
  }
  return sum;
}

function lay(
  picture: Picture,
  part: Part,
  scale: number,
  planes: readonly Uint8Array[],
  width: number,
  { left, top }: { left: number; top: number },
): void {
  for (let y = 0; y < scale * part.height; y++) {
    for (let x = 0; x < scale * part.width; x++) {
      const from = (part.y + Math.floor(y / scale)) * picture.width + part.x + Math.floor(x / scale);
      const to = (top + y) * width + left + x;
      for (const [colour, plane] of planes.entries()) plane[to] = picture.planes[colour]![from]!;
    }
  }
}
