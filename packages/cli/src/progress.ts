const barWidth = 24;

/**
 * One line of progress, no longer than `columns`: a bar and per cent where the total is known, what is done where
 * it is not.
 */
export function progressLine(
  label: string,
  done: number,
  total: number | undefined,
  columns: number,
): string {
  if (total === undefined || total <= 0) return cut(`${label}  ${amount(done)}`, columns);
  const share = Math.min(1, Math.max(0, done / total));
  const filled = Math.round(share * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  return cut(`${bar} ${`${Math.floor(100 * share)}`.padStart(3)} %  ${label}`, columns);
}

function amount(done: number): string {
  return Number.isInteger(done) ? String(done) : done.toFixed(1);
}

function cut(line: string, columns: number): string {
  const letters = [...line.replace(/\p{Cc}/gu, "?")];
  return letters.length <= columns
    ? letters.join("")
    : `${letters.slice(0, Math.max(0, columns - 1)).join("")}…`;
}
