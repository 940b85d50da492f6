/** A field's name, its value, and the least and most that it may be. */
export type FieldRange = [string, number, number, number];

/** The first field that is no whole number in its range, in words. */
export function rangeFault(ranges: readonly FieldRange[]): string | undefined {
  const wrong = ranges.find(
    ([, value, low, high]) => !Number.isInteger(value) || value < low || value > high,
  );
  return wrong && `${wrong[0]} ${wrong[1]}, expected ${wrong[2]} to ${wrong[3]}`;
}
