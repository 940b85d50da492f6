/** Rows of texts as aligned lines; `right` names the columns that are numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const clean = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, "?")));
  const widths = (clean[0] ?? []).map((_, column) =>
    Math.max(...clean.map((row) => [...(row[column] ?? "")].length)),
  );
  return clean
    .map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0, right.includes(column))))
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

function padded(cell: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - [...cell].length));
  return right ? space + cell : cell + space;
}
