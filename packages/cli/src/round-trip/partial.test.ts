import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { Trip } from "@nacre/report";
import { expect, test } from "vitest";
import { sandbox } from "../../test/sandbox.js";
import { openPartial, type PartialHead } from "./partial.js";
import { timeLeft } from "./time-left.js";

const head: PartialHead = {
  ...{ schema: "nacre.round-trip-partial/1", model: "toy@1", decodeHash: "00" },
  ...{ against: ["jpeg"], rates: null },
};

const trip = (name: string, bytes = 1): Trip => ({
  file: { name, bytes, facts: {}, points: [] },
  layers: [],
});
const begin = { resume: false, force: false };
const goOn = { resume: true, force: false };

async function all(trips: AsyncIterable<Trip>): Promise<Trip[]> {
  const found: Trip[] = [];
  for await (const each of trips) found.push(each);
  return found;
}

test("what was appended by several at once is there again, in whole lines, the last of each name", async () => {
  const path = sandbox()("partial.jsonl");
  const first = await openPartial(path, head, begin);
  const names = Array.from({ length: 20 }, (_, i) => `${i}\u2028 "ä".png`);
  await Promise.all(names.map((name, size) => first.append(trip(name), { size, modified: 2 })));
  await first.append(trip(names[3]!, 7), { size: 9, modified: 3 });
  await first.close();
  const again = await openPartial(path, head, goOn);
  expect([...again.taken.keys()].sort()).toEqual(names.toSorted());
  expect(again.taken.get(names[3]!)).toEqual({ size: 9, modified: 3 });
  const trips = await all(again.trips());
  expect(trips).toHaveLength(20);
  expect(trips.find(({ file }) => file.name === names[3])!.file.bytes).toBe(7);
  await again.close();
  await again.remove();
  await expect(openPartial(path, head, begin).then((one) => one.close())).resolves.toBeUndefined();
});

test("a last line that was cut is dropped, and the next one stands on a line of its own", async () => {
  const path = sandbox()("partial.jsonl");
  const first = await openPartial(path, head, begin);
  await first.append(trip("a"), { size: 1, modified: 1 });
  await first.close();
  appendFileSync(path, '{"stamp":{"size":1,"modi');
  const again = await openPartial(path, head, goOn);
  await again.append(trip("b"), { size: 1, modified: 1 });
  await again.close();
  const last = await openPartial(path, head, goOn);
  expect((await all(last.trips())).map(({ file }) => file.name)).toEqual(["a", "b"]);
  await last.close();
});

test("what is damaged, of another model or unfinished is refused and left as it is", async () => {
  const path = sandbox()("partial.jsonl");
  await (await openPartial(path, head, begin)).close();
  const before = readFileSync(path, "utf8");
  await expect(openPartial(path, head, begin)).rejects.toMatchObject({ code: "exists" });
  await expect(openPartial(path, { ...head, model: "toy@2" }, goOn)).rejects.toMatchObject({
    code: "option",
  });
  expect(readFileSync(path, "utf8")).toBe(before);
  writeFileSync(path, `${before}{"stamp":{},"trip":{"file":3}}\n`);
  await expect(openPartial(path, head, goOn)).rejects.toMatchObject({
    code: "io",
    message: expect.stringContaining("line 2"),
  });
  await (await openPartial(path, head, { resume: false, force: true })).close();
  expect(readFileSync(path, "utf8")).toBe(before);
});

test("the time left is what the files so far took, for the rest", () => {
  let now = 0;
  const left = timeLeft(() => now);
  expect(left(0, 10)).toBe("");
  now = 20_000;
  expect(left(2, 6)).toBe(", about 40 s left");
  expect(left(2, 100)).toBe(", about 16 min left");
  expect(left(2, 2002)).toBe(", about 5.6 h left");
  expect(left(6, 6)).toBe("");
});
