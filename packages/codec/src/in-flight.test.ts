import { expect, test } from "vitest";
import { inFlight } from "./in-flight.js";

/** A promise that is settled from outside. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function* counting(to: number, error?: Error) {
  for (let n = 0; n < to; n++) yield n;
  if (error) throw error;
}

async function taken<T>(stream: AsyncIterable<T>) {
  const values: T[] = [];
  try {
    for await (const value of stream) values.push(value);
  } catch (error) {
    return { values, error };
  }
  return { values };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("results come in the order of the stream, whichever is ready first", async () => {
  const slowFirst = async (n: number) => {
    for (let wait = 0; wait < 10 - n; wait++) await turn();
    return n * n;
  };
  const { values } = await taken(inFlight(counting(10), () => 4, slowFirst));
  expect(values).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
});

test.each([1, 2, 5])("at most %i items are under way, and so many when the stream is quick", async (most) => {
  let underWay = 0;
  let seen = 0;
  const work = async (n: number) => {
    seen = Math.max(seen, ++underWay);
    await turn();
    await turn();
    underWay--;
    return n;
  };
  expect((await taken(inFlight(counting(12), () => most, work))).values).toHaveLength(12);
  expect(seen).toBe(most);
});

test("a result is given while the stream still waits for its next item", async () => {
  const later = deferred<void>();
  async function* live() {
    yield 1;
    await later.promise;
    yield 2;
  }
  const stream = inFlight(
    live(),
    () => 3,
    async (n) => n,
  );
  expect((await stream.next()).value).toBe(1);
  later.resolve();
  expect((await stream.next()).value).toBe(2);
  expect((await stream.next()).done).toBe(true);
});

test("an error of the stream or of an item comes after the results before it", async () => {
  const broken = new Error("broken");
  const work = async (n: number) => {
    await turn();
    return n;
  };
  expect(await taken(inFlight(counting(3, broken), () => 4, work))).toEqual({
    values: [0, 1, 2],
    error: broken,
  });
  const failing = async (n: number) => {
    if (n === 2) throw broken;
    return work(n);
  };
  expect(await taken(inFlight(counting(6), () => 4, failing))).toEqual({ values: [0, 1], error: broken });
});

test("leaving early closes the stream, and errors of work that nobody waits for are silent", async () => {
  let closed = false;
  async function* source() {
    try {
      yield* counting(9);
    } finally {
      closed = true;
    }
  }
  const lost = deferred<number>();
  const begun: number[] = [];
  const work = async (n: number) => {
    begun.push(n);
    if (n > 0) return lost.promise;
    await turn();
    return n;
  };
  for await (const _ of inFlight(source(), () => 3, work)) break;
  lost.reject(new Error("nobody hears this"));
  await turn();
  expect(closed).toBe(true);
  expect(begun).toEqual([0, 1, 2]);
});
