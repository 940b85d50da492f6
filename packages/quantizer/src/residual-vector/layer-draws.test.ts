import { NacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { seededRandom } from "../../test/run-graph.js";
import { drawLayerCounts, initialResidualVectorState, layerCountMask } from "./layer-draws.js";

test("half of the items use all layers and the rest spread evenly over 1 to L", () => {
  const [items, layers] = [40000, 8];
  const counts = drawLayerCounts(seededRandom(81), items, layers);
  const share = (count: number) => counts.filter((each) => each === count).length / items;
  for (let count = 1; count < layers; count++) expect(share(count)).toBeCloseTo(0.5 / layers, 2);
  expect(share(layers)).toBeCloseTo(0.5 + 0.5 / layers, 2);
});

test("a logarithmic spread draws k with log((k + 1) / k) / log(L + 1), the last layer among them", () => {
  const [items, layers] = [40000, 12];
  const counts = drawLayerCounts(seededRandom(83), items, layers, 0, "logarithmic");
  const share = (count: number) => counts.filter((each) => each === count).length / items;
  for (let count = 1; count <= layers; count++) {
    expect(share(count)).toBeCloseTo(Math.log((count + 1) / count) / Math.log(layers + 1), 2);
  }
  expect(Math.min(...counts)).toBe(1);
  expect(Math.max(...counts)).toBe(layers);
});

test("the last layer is trained even when no item is full on purpose", () => {
  const counts = drawLayerCounts(seededRandom(82), 4000, 8, 0);
  expect(counts.filter((count) => count === 8).length / 4000).toBeCloseTo(1 / 8, 1);
  expect(Math.min(...counts)).toBe(1);
  expect(Math.max(...counts)).toBe(8);
});

test("every item takes two draws, so the stream of numbers does not depend on what they were", () => {
  let draws = 0;
  drawLayerCounts(() => (draws++ % 3) / 3, 10, 4);
  expect(draws).toBe(20);
});

test("the mask has each item's prefix on all of its rows", () => {
  expect([...layerCountMask([2, 0, 3], 2, 3)]).toEqual([
    1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1,
  ]);
  expect(() => layerCountMask([4], 2, 3)).toThrow(NacreError);
  expect(() => layerCountMask([1.5], 2, 3)).toThrow(NacreError);
});

test("a stack before its first step is zeros that nobody calls dead", () => {
  const state = initialResidualVectorState(2, 3, 4);
  expect([state.codebooks.length, state.counts.length, state.sums.length]).toEqual([24, 6, 24]);
  expect([...state.counts]).toEqual(Array(6).fill(1));
});
