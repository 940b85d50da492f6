import { expect, test } from "vitest";
import { chunk, hum, openTiny, rate } from "../test/tiny.js";

const minutes = 20;
/** Megabytes that the process may grow once it is warm, whatever the length: a window, not the file. */
const bound = 40;
/** Chunks after which engine and heap have taken what they keep. */
const warm = 200;

test(`${minutes} minutes of sound are encoded and decoded within ${bound} MB of growth`, async () => {
  const codec = await openTiny();
  const block = hum(chunk, 3);
  const sound = {
    sampleRate: rate,
    channelCount: 1,
    blocks: (async function* () {
      for (let second = 0; second < minutes * 60; second++) yield [block.slice()];
    })(),
  };
  const megabytes = () => process.memoryUsage().rss / 2 ** 20;
  const growth = async (pieces: AsyncIterable<unknown>) => {
    let count = 0;
    let [before, most] = [0, 0];
    for await (const _ of pieces) {
      count++;
      if (count === warm) before = megabytes();
      if (count > warm) most = Math.max(most, megabytes() - before);
    }
    expect(count).toBeGreaterThan(minutes * 60 - 1);
    return most;
  };
  const parts: Uint8Array[] = [];
  const kept = async function* () {
    const options = { sampleRate: rate, finalLength: () => minutes * 60 * rate };
    for await (const part of codec.encode(sound, options)) {
      parts.push(part);
      yield part;
    }
  };
  expect(await growth(kept())).toBeLessThan(bound);
  const bytes = async function* () {
    yield* parts;
  };
  const { blocks } = await codec.decode(bytes());
  expect(await growth(blocks)).toBeLessThan(bound);
  await codec.close();
}, 120_000);
