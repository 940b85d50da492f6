type Outcome<Out> = { value: Out } | { error: unknown };

/**
 * Works on several items of a stream at once and gives the results in the stream's order.
 *
 * A result is given as soon as it is there, even while the stream still waits for its next item: live
 * sound is not held back. An error of the stream or of an item comes after the results before it.
 *
 * most  items under way at once, results not yet taken included, asked before each: what bounds the memory
 */
export async function* inFlight<In, Out>(
  source: AsyncIterable<In>,
  most: () => number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<Out, void, undefined> {
  const items = source[Symbol.asyncIterator]();
  const underWay: Promise<Outcome<Out>>[] = [];
  let next: Promise<Outcome<IteratorResult<In>>> | undefined;
  let open = true;
  try {
    while (open || underWay.length > 0) {
      if (open && underWay.length < most()) next ??= outcome(items.next());
      const [oldest] = underWay;
      const arrived = next && (await first(next, oldest));
      if (arrived) {
        next = undefined;
        const ended = "error" in arrived || arrived.value.done === true;
        if ("error" in arrived) underWay.push(Promise.resolve(arrived));
        else if (!arrived.value.done) underWay.push(outcome(work(arrived.value.value)));
        open = !ended;
      } else {
        const result = await oldest!;
        underWay.shift();
        if ("error" in result) throw result.error;
        yield result.value;
      }
    }
  } finally {
    // A stream that is being waited for may never answer.
    const closing = open ? items.return?.() : undefined;
    if (next) closing?.catch(() => {});
    else await closing;
  }
}

/** What comes of a promise; never rejects, so that a result nobody takes any more is no unhandled error. */
function outcome<T>(promise: Promise<T>): Promise<Outcome<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** The item, or undefined when the other promise is settled before it. */
function first<T>(item: Promise<T>, other: Promise<unknown> | undefined): Promise<T | undefined> {
  return other ? Promise.race([item, other.then(() => undefined)]) : item;
}
