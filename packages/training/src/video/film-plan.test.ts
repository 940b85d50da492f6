import { join } from "node:path";
import { initialValues } from "@nacre/blocks";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "../../test/folders.js";
import { feedOf, runtime } from "../../test/run-graph.js";
import { tinyFilmRecipe, waveCorpus } from "../../test/tiny-film-recipe.js";
import { loadCheckpoint, saveCheckpoint } from "../checkpoint.js";
import { initialState } from "../state.js";
import { buildStep } from "../step.js";
import { tableRow } from "../table.js";
import { drawClips, validationClips } from "./draw-clips.js";
import { clipPlanes, filmParameters } from "./film-forward.js";
import { type FilmRecipe, withFrames } from "./film-recipe.js";
import { openClipMeasure, validateFilm } from "./film-validation.js";

const folder = temporaryFolders();
const recipe = tinyFilmRecipe();
const corpus = waveCorpus(96, [1, 2, 3]);
const clipsOf = (step: number, { batch, crop, frames }: FilmRecipe = recipe) => {
  const clips = new Float32Array(batch * (4 * frames - 1) * crop ** 2);
  drawClips(corpus, 7, step, { size: crop, frames }, clips);
  return clips;
};

describe("clips", () => {
  test("depend on seed and step alone, and frames of one differ", () => {
    const clips = clipsOf(5);
    expect(clips).toEqual(clipsOf(5));
    expect(clips).not.toEqual(clipsOf(6));
    const plane = recipe.crop ** 2;
    expect(clips.slice(0, 3 * plane)).not.toEqual(clips.slice(3 * plane, 6 * plane));
    expect(clipPlanes(recipe) * plane * recipe.batch).toBe(clips.length);
  });

  test("of validation are always the same", () => {
    const [a, b] = [0, 1].map(() => {
      const clips = new Float32Array(11 * 64 ** 2);
      validationClips(corpus, 1, { size: 64, frames: 3 }, clips);
      return clips;
    });
    expect(a).toEqual(b);
  });
});

describe("predicted frames before training", () => {
  test("are coded better the more layers there are, and better than their predictions", async () => {
    const fine = tinyFilmRecipe({ encoder: { ...recipe.encoder }, keySteps: [0.4, 0.4, 0.4] });
    const weights = { parameters: initialValues(filmParameters(fine), 1) };
    const measure = await openClipMeasure(fine, weights, fine.batch, runtime);
    const { points, codes } = await measure.measure(clipsOf(3));
    await measure.close();
    expect(points.map(({ layers }) => layers)).toEqual([1, 2, 3]);
    expect(points[2]!.psnr).toBeGreaterThan(points[0]!.psnr);
    expect(points[2]!.psnr).toBeGreaterThan(points[2]!.predictionPsnr + 0.2);
    for (const [at, frames] of codes.entries()) {
      expect(frames.map(({ layers }) => layers.length)).toEqual([at + 1, at + 1]);
    }
  });
});

async function trained(own: FilmRecipe, steps: number) {
  const graph = buildStep(own);
  const session = await runtime.open(graph.model, { threads: 1 });
  const clips = clipsOf(1, own);
  let state = initialState(own, graph);
  const told: Record<string, number>[] = [];
  for (let step = 1; step <= steps; step++) {
    const row = tableRow(own, graph.table, step);
    const found = await session.run({
      clips: feedOf(graph.batch.shape, clips),
      row: feedOf([row.length], row),
      ...Object.fromEntries(graph.state.map(({ name, shape }) => [name, feedOf(shape, state[name]!)])),
    });
    const array = (name: string) => found[name]!.data as Float32Array;
    state = Object.fromEntries(graph.state.map(({ name }) => [name, array(`next.${name}`)]));
    told.push(Object.fromEntries(graph.metricNames.map((name, i) => [name, array("metrics")[i]!])));
  }
  return { told, state, graph };
}

describe("a step of predicted frames", () => {
  test("makes the loss fall, and moves every part", async () => {
    // Of all layers, so that steps can be compared.
    const whole = tinyFilmRecipe({ quantizer: { ...recipe.quantizer, fullShare: 1 } });
    const { told, state, graph } = await trained(whole, 60);
    const mean = (name: string, from: number) =>
      told.slice(from, from + 10).reduce((sum, each) => sum + each[name]! / 10, 0);
    expect(mean("loss", 50)).toBeLessThan(0.92 * mean("loss", 0));
    const before = initialState(recipe, graph);
    for (const { name } of graph.chunks) {
      const moved = state[`value.${name}`]!.some((x, i) => x !== before[`value.${name}`]![i]);
      expect(moved, name).toBe(true);
    }
    for (const name of ["bpp", "sideBpp", "predictionMse", "bpp.1", "nonzero.3", "gradientNorm"]) {
      expect(told[0]![name]).toEqual(expect.any(Number));
    }
  });

  test("with longer clips goes on from the same state, as many frames a step", () => {
    const longer = withFrames(tinyFilmRecipe({ batch: 4 }), 5);
    expect([longer.frames, longer.batch]).toEqual([5, 2]);
    expect(buildStep(longer).state).toEqual(buildStep(tinyFilmRecipe({ batch: 4 })).state);
  });

  test("takes the checkpoint of shorter clips, and none of another network", async () => {
    const graph = buildStep(recipe);
    const [values, path] = [initialState(recipe, graph), join(folder(), "checkpoint")];
    await saveCheckpoint(path, recipe, graph, values, { step: 7, seconds: 1 });
    const longer = withFrames(recipe, 5);
    const read = initialState({ ...longer, seed: 9 }, graph);
    expect(read).not.toEqual(values);
    expect(await loadCheckpoint(path, longer, graph, read)).toEqual({ step: 7, seconds: 1 });
    expect(read).toEqual(values);
    const other = tinyFilmRecipe({ encoder: { ...recipe.encoder, kernel: 5 } });
    await expect(loadCheckpoint(path, other, graph, read)).rejects.toMatchObject({ code: "model" });
  });
});

test("validation tells of every number of layers what it costs and shows", async () => {
  const weights = { parameters: initialValues(filmParameters(recipe), 1) };
  const points = await validateFilm(recipe, weights, corpus, runtime, 2);
  for (const { bpp, psnr, predictionPsnr } of points) {
    expect([bpp, psnr, predictionPsnr].every(Number.isFinite)).toBe(true);
  }
});

const refused: [string, Partial<FilmRecipe>][] = [
  ["a single frame", { frames: 1 }],
  ["clips that are no multiple of 64", { crop: 100 }],
  ["more places than a float can number", { batch: 100, crop: 192 }],
  ["networks of different channels", { decoder: { ...recipe.decoder, latentDim: 7 } }],
  ["another number of layers in the decoder", { decoder: { ...recipe.decoder, layers: 4 } }],
  ["an error without a worth for each depth", { distortion: [0.1] }],
  ["a key frame without a step for each depth", { keySteps: [0.1] }],
];

test.each(refused)("%s is refused", (_, change) => {
  expect(() => buildStep(tinyFilmRecipe(change))).toThrow(expect.objectContaining({ code: "option" }));
});
