/** Sizes by name. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * A whole number that depends on sizes: the sum of coefficients times products of sizes. The key is the product's
 * sizes joined by "*", "" for the constant: { "rows*columns": 2, "": -3 } is 2 rows columns - 3.
 */
export type SizePolynomial = ReadonlyMap<string, number>;

/** Sizes to build for, so that `fitPolynomial` can tell how a number depends on them. The last one is its proof. */
export function probesOf(least: Sizes): Sizes[] {
  const names = Object.keys(least);
  const grid = subsetsOf(names).map((subset) =>
    Object.fromEntries(names.map((name) => [name, least[name]! + (subset.includes(name) ? 1 : 0)])),
  );
  return [...grid, Object.fromEntries(names.map((name, at) => [name, least[name]! + 3 + 2 * at]))];
}

/**
 * The polynomial, linear in each size, that has these values at the probes; undefined where there is none. Found by
 * differences: that of a subset is the sum of its subsets' values with alternating signs.
 */
export function fitPolynomial(
  values: readonly number[],
  probes: readonly Sizes[],
): SizePolynomial | undefined {
  const least = probes[0]!;
  const subsets = subsetsOf(Object.keys(least));
  const differences = subsets.map((subset) =>
    sum(
      subsets.map((part, at) =>
        within(part, subset) ? (-1) ** (subset.length - part.length) * values[at]! : 0,
      ),
    ),
  );
  // The product of (size - least) over a subset, multiplied out.
  const polynomial = new Map(
    subsets.map((monomial): [string, number] => [
      monomial.join("*"),
      sum(
        subsets.map((subset, at) =>
          within(monomial, subset)
            ? differences[at]! *
              product(subset.filter((name) => !monomial.includes(name)).map((name) => -least[name]!))
            : 0,
        ),
      ),
    ]),
  );
  const proof = valueAt(polynomial, probes.at(-1)!);
  return proof === values.at(-1) ? polynomial : undefined;
}

/** Its value for given sizes. */
export function valueAt(polynomial: SizePolynomial, sizes: Sizes): number {
  return sum(
    [...polynomial].map(
      ([monomial, factor]) => factor * product(namesIn(monomial).map((name) => sizes[name]!)),
    ),
  );
}

/** Sizes whose product a key of a polynomial stands for. */
export function namesIn(monomial: string): string[] {
  return monomial === "" ? [] : monomial.split("*");
}

/** The number, where no size matters. */
export function constantOf(polynomial: SizePolynomial): number | undefined {
  return [...polynomial].every(([monomial, factor]) => monomial === "" || factor === 0)
    ? (polynomial.get("") ?? 0)
    : undefined;
}

/** As people write it: "320*frames + 640". */
export function polynomialText(polynomial: SizePolynomial): string {
  const terms = [...polynomial].filter(([, factor]) => factor !== 0).reverse();
  return terms.map(([monomial, factor], at) => termText(monomial, factor, at === 0)).join("") || "0";
}

function termText(monomial: string, factor: number, first: boolean): string {
  const size = Math.abs(factor);
  const body = monomial === "" ? String(size) : size === 1 ? monomial : `${size}*${monomial}`;
  if (first) return factor < 0 ? `-${body}` : body;
  return factor < 0 ? ` - ${body}` : ` + ${body}`;
}

// The empty one first, each after its own subsets.
function subsetsOf(names: readonly string[]): string[][] {
  const subsets: string[][] = [[]];
  for (const name of names) subsets.push(...subsets.map((subset) => [...subset, name]));
  return subsets;
}

function within(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((name) => whole.includes(name));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}
