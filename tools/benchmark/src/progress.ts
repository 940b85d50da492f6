/** Tells a person at a terminal how many of something are done; a pipe sees nothing. */
export function progress(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done}/${total}${done === total ? "\n" : ""}`);
}
