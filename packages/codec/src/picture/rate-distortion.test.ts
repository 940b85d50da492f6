import { idealBitsChosen } from "@nacre/entropy";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import { openOrderedPicture, scene } from "../../test/tiny-picture.js";
import { type AnalyzedTile, analyzedTiles } from "./encode-picture.js";
import { createPictureEngine } from "./picture-engine.js";
import { chooseCodes, codedTile } from "./rate-distortion.js";
import { chosenSymbols, decodeTile, encodeTile } from "./tile-symbols.js";

const { model } = await openOrderedPicture();
const engine = createPictureEngine(model, createRuntime({ worker: false }), 1);
afterAll(() => engine.close());

const tiles: AnalyzedTile[] = [];
for await (const tile of analyzedTiles(model, engine, scene(250, 140, 12))) tiles.push(tile);
const [tile] = tiles as [AnalyzedTile];
const latentOf = ({ latent, codes }: AnalyzedTile) => ({ latent, side: codes.side });
const { channels, reach } = model.context;
const steps = model.parameters["quantizer.steps"]!;

test("without a price of bits every code is the nearest point", () => {
  const { codes, symbols } = chooseCodes(model, tile.at, latentOf(tile), [0, 0, 0]);
  const below = new Float64Array(tile.latent.length);
  for (const [layer, own] of codes.layers.entries()) {
    for (const [at, code] of own.entries()) {
      const step = steps[layer * channels + (at % channels)]!;
      const rest = (tile.latent[at]! - below[at]!) / step;
      expect(Math.abs(rest - (code - reach))).toBeLessThanOrEqual(0.5 + 1e-5);
      below[at]! += (code - reach) * step;
    }
  }
  // Then no table is narrowed either: they are those of the context.
  const plain = [...chosenSymbols(model, tile.at, codes)];
  for (const [layer, { choice }] of symbols.entries()) expect(choice).toEqual(plain[layer]!.choice);
});

test("an endless price leaves the top layer empty, and as good as free", () => {
  const { codes, symbols } = chooseCodes(model, tile.at, latentOf(tile), [0.06, 0.06, 1e9]);
  expect(new Set(codes.layers[2])).toEqual(new Set([reach]));
  expect(new Set(codes.layers[1]).size).toBeGreaterThan(3);
  const { symbols: top, choice } = symbols[2]!;
  const bits = idealBitsChosen(top, model.tables[2]!, choice);
  const others = symbols
    .slice(0, 2)
    .map((layer, at) => idealBitsChosen(layer.symbols, model.tables[at]!, layer.choice));
  expect(bits).toBeLessThan(0.1 * others[1]!);
});

test.each([0.02, 0.1, 0.4, 2])(
  "at %d a choice costs no more than the nearest points under the same tables",
  (mu) => {
    for (const each of tiles) {
      const chosen = chooseCodes(model, each.at, latentOf(each), [mu]);
      const nearest = chooseCodes(model, each.at, latentOf(each), [0]);
      const costOf = (codes: Int32Array, bits: number) => {
        let sum = mu * bits;
        for (const [at, code] of codes.entries())
          sum += (each.latent[at]! / steps[at % channels]! - (code - reach)) ** 2;
        return sum;
      };
      const { choice } = chosen.symbols[0]!;
      const own = idealBitsChosen(chosen.symbols[0]!.symbols, model.tables[0]!, choice);
      const other = idealBitsChosen(nearest.symbols[0]!.symbols, model.tables[0]!, choice);
      const cost = costOf(chosen.codes.layers[0]!, own);
      expect(cost).toBeLessThanOrEqual(costOf(nearest.codes.layers[0]!, other) * (1 + 1e-6));
      // And it is fewer bits than theirs under the tables of the context.
      const kept = idealBitsChosen(nearest.symbols[0]!.symbols, model.tables[0]!, nearest.symbols[0]!.choice);
      if (mu >= 0.1) expect(own).toBeLessThan(kept);
    }
  },
);

test("every choice decodes to the codes that were chosen", () => {
  for (const each of tiles) {
    for (const mus of [[0.06], [0.06, 0.2], [0.06, 0.06, 0.4], [0.3, 1, 0.02], [0, 0, 1e9]]) {
      const { codes, sections } = codedTile(model, each, { layers: mus.length, mus });
      const decoded = decodeTile(model, each.at, sections);
      expect(decoded).toMatchObject(codes);
      expect(encodeTile(model, each.at, decoded)).toEqual(sections);
    }
    expect(codedTile(model, each, { layers: 2 }).sections).toEqual(
      encodeTile(model, each.at, each.codes).slice(0, 3),
    );
  }
});

test("a section says by a zero, which begins no stream, that its tables are narrowed", () => {
  const { codes, sections } = codedTile(model, tile, { layers: 3, mus: [0, 0, 1e9] });
  const [first, ...narrowing] = sections[3]!;
  expect([first, narrowing[0]! > 0]).toEqual([0, true]);
  for (const plain of sections.slice(0, 3)) expect(plain[0]).not.toBe(0);
  // The same codes in the tables of the context cost more.
  expect(sections[3]!.length).toBeLessThan(encodeTile(model, tile.at, codes)[3]!.length);
});
