import { initialValues } from "@nacre/blocks";
import { type FrameMemory, keyMemory, openPredictedFrames } from "@nacre/codec";
import { readFilmModel } from "@nacre/codec/node";
import type { Runtime } from "@nacre/runtime";
import { writeFilmModel } from "@nacre/training";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { runtime } from "../test/run-graph.js";
import { movingWaves, tinyFilmRecipe, waveCorpus } from "../test/tiny-film-recipe.js";
import { filmParameters } from "./video/film-forward.js";

const folder = temporaryFolders();
const recipe = tinyFilmRecipe();
const { layers } = recipe.quantizer;
const label = { name: "waves", version: 2, description: "", licence: "CC0-1.0", provenance: null };
const out = folder();

beforeAll(async () => {
  const parameters = initialValues(filmParameters(recipe), 4);
  const corpus = waveCorpus(96, [1, 2, 3]);
  await writeFilmModel(out, recipe, { parameters }, label, corpus, runtime, { items: 2, rounds: 1 });
});

/** An engine whose every float comes out a little off, as another machine's may. */
function shaken(by: number): Runtime {
  return {
    ...runtime,
    async open(model, options) {
      const session = await runtime.open(model, options);
      return {
        ...session,
        async run(feeds) {
          const found = await session.run(feeds);
          for (const value of Object.values(found)) {
            if (!(value.data instanceof Float32Array)) continue;
            for (let at = 0; at < value.data.length; at++) value.data[at]! += at % 2 === 0 ? by : -by;
          }
          return found;
        },
      };
    },
  };
}

describe("predicted frames of a model's folder", () => {
  const group = movingWaves(64, 60, 33);

  test("32 frames after a key frame every prefix that feeds the memory decodes, without drift", async () => {
    const model = await readFilmModel(out);
    expect([model.id, model.quantizer.layers, model.context.reach]).toEqual(["waves@2", layers, 20]);
    const coder = openPredictedFrames(model, runtime, 1);
    const key = keyMemory(group[0]!);
    let sent: FrameMemory = key;
    const readers: FrameMemory[] = Array.from({ length: layers }, () => key);
    for (const frame of group.slice(1)) {
      const coded = await coder.code(frame, sent, { choice: { layers }, feeding: 1 });
      sent = coded.memory;
      expect(coded.sections).toHaveLength(1 + layers);
      for (const [at, memory] of readers.entries()) {
        const read = await coder.decode(coded.sections.slice(0, at + 2), memory, { feeding: 1 });
        readers[at] = read.memory;
        if (at === layers - 1) expect(read.picture).toEqual(coded.picture);
      }
    }
    for (const [at, memory] of readers.entries()) {
      expect(memory.picture, `${at + 1} layers`).toEqual(sent.picture);
      expect(memory.codes).toEqual(sent.codes.slice(0, at + 1));
    }
    await coder.close();
  });

  test("a memory that is off by 1e-5 in every frame gives the same codes in frame 32", async () => {
    const model = await readFilmModel(out);
    const [coder, other] = [runtime, shaken(1e-5)].map((each) => openPredictedFrames(model, each, 1));
    let [sent, received] = [keyMemory(group[0]!), keyMemory(group[0]!)];
    for (const frame of group.slice(1)) {
      const coded = await coder!.code(frame, sent, { choice: { quality: 60 } });
      const read = await other!.decode(coded.sections, received);
      [sent, received] = [coded.memory, read.memory];
      expect(received.codes).toEqual(sent.codes);
    }
    // Pictures drift by what bytes are rounded to now and then, codes never.
    const [mine, theirs] = [sent.picture.planes[0]!, received.picture.planes[0]!];
    const apart = mine.reduce((sum, value, at) => sum + Math.abs(value - theirs[at]!), 0) / mine.length;
    expect(apart).toBeLessThan(1);
    await Promise.all([coder!.close(), other!.close()]);
  });

  test("frames of another size, and sections that are none, are refused", async () => {
    const coder = openPredictedFrames(await readFilmModel(out), runtime, 1);
    const memory = keyMemory(group[0]!);
    const other = movingWaves(60, 60, 1)[0]!;
    await expect(coder.code(other, memory, { choice: { layers: 1 } })).rejects.toMatchObject({
      code: "shape",
    });
    for (const section of [[], [200, 200, 200], [1, 0, 5, 9]]) {
      await expect(coder.decode([Uint8Array.from(section)], memory)).rejects.toMatchObject({
        code: "bitstream",
      });
    }
    await coder.close();
  });
});
