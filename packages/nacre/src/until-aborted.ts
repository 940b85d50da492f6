/**
 * The values of an iterable until a signal is aborted, also while the next one is being waited for: a
 * pipe that has fallen silent must not keep an interrupted program waiting.
 */
export async function* untilAborted<T>(
  values: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  if (!signal) return yield* values;
  const iterator = values[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await nextUnlessAborted(iterator, signal);
      ended = next?.done === true;
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is still waiting for its next value answers only after that.
    if (!ended) void iterator.return?.()?.catch(() => undefined);
  }
}

// A listener that is taken away each time; racing against one promise would keep every turn in memory.
function nextUnlessAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
): Promise<IteratorResult<T> | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(undefined);
    const stop = () => resolve(undefined);
    const settle = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop, { once: true });
    iterator.next().then(
      (next) => {
        settle();
        resolve(next);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
