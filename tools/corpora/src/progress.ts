/** Tells how far a source is: on a terminal at every file, elsewhere when it is done. */
export function tellProgress(name: string, done: number, total: number): void {
  if (!process.stderr.isTTY && done !== total) return;
  process.stderr.write(`\r${name} ${done}/${total}${done === total ? "\n" : ""}`);
}
