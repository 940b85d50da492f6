/**
 * One thing to tell of a result.
 *
 * name   its key in JSON
 * value  its value in JSON, in the unit that the name says
 * text   how a person reads it, with its unit
 */
export type Fact = { name: string; value: unknown; text: string };

/** Facts as the properties of a JSON object. */
export function factObject(facts: readonly Fact[]): Record<string, unknown> {
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]));
}

/** Facts as one line. */
export function factLine(facts: readonly Fact[]): string {
  return facts.map(({ text }) => text).join(" · ");
}

/** "1 file", "2 files". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
