import { mkdirSync } from "node:fs";
import { join } from "node:path";
// By name: the thread is a file of the built package.
import { drawBatch, openCorpus, openFeed } from "@nacre/training";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { packTones } from "../test/pack-tones.js";
import { toneCorpus } from "../test/sounds.js";

const folder = temporaryFolders();
const options = { seed: 3, batch: 2, length: 2 * 3000 };

describe("a feed", () => {
  test.each([true, false])(
    "gives what drawBatch gives, step by step and after a jump, on the disk: %s",
    async (disk) => {
      const home = folder();
      await packTones(home);
      const corpus = disk ? await openCorpus(home) : toneCorpus();
      const feed = openFeed(corpus, options);
      for (const step of [1, 2, 3, 10, 11, 4]) {
        const expected = new Float32Array(options.length);
        drawBatch(corpus, options.seed, step, options.batch, expected);
        expect(await feed.next(step)).toEqual(expected);
      }
      await feed.close();
      corpus.close();
    },
  );

  test("fails in words when its thread cannot open the corpus, or was closed", async () => {
    const home = join(folder(), "empty");
    mkdirSync(home);
    const feed = openFeed({ ...toneCorpus(), folder: home }, options);
    await expect(feed.next(1)).rejects.toThrow(expect.objectContaining({ code: "io" }));
    await feed.close();
    await expect(feed.next(2)).rejects.toThrow();
  });
});
