import type { PackedPhotographs } from "./pack.js";

const head = ["source", "pictures", "megapixels", "held", "licence"];

/** What was packed as a table in plain text: a line for each source and licence, and one for all. */
export function pictureTable(results: readonly PackedPhotographs[]): string {
  const rows = results.flatMap(({ name, licences }) => licences.map((each) => ({ name, ...each })));
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  const all = {
    name: "together",
    licence: "",
    pictures: sum((row) => row.pictures),
    megapixels: sum((row) => row.megapixels),
    held: sum((row) => row.held),
  };
  const lines = [...rows, all].map(({ name, pictures, megapixels, held, licence }) => [
    name,
    String(pictures),
    megapixels.toFixed(2),
    held.toFixed(2),
    licence,
  ]);
  return aligned([head, ...lines]);
}

/** Columns two spaces apart: the first and the last to the left, numbers to the right. */
function aligned(lines: readonly string[][]): string {
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const cell = (text: string, column: number) =>
    column === 0 || column === head.length - 1
      ? text.padEnd(widths[column]!)
      : text.padStart(widths[column]!);
  return lines.map((line) => line.map(cell).join("  ").trimEnd()).join("\n");
}
