import { type CodeGrid, halvesOf, openTileContext, type SymbolTable } from "@nacre/entropy";
import type { PictureModel } from "./picture-model.js";
import type { CodeChoice } from "./picture-quality.js";
import {
  type ChosenSymbols,
  type CodedModel,
  encodeSections,
  encodeTile,
  inCodingOrder,
  narrowed,
  sideFeatures,
  type TileCodes,
} from "./tile-symbols.js";

/**
 * What a tile's codes are chosen from: the latent [positions, C] less its mean, the side codes [cells * Z], and for a frame
 * that has one the codes of the frame before.
 */
export type TileLatent = { latent: Float32Array; side: Int32Array; before?: readonly Int32Array[] };

/** The parts of a model that the choice looks at. */
export type ChoiceModel = Pick<PictureModel, "context" | "tables" | "parameters">;

/** A tile's codes with the symbols and tables that they are coded by, layer by layer. */
export type ChosenCodes = { codes: TileCodes; symbols: ChosenSymbols[] };

/**
 * Chooses the content codes of a tile for their rate and distortion together (Sullivan and Wiegand 1998), layer
 * after layer in the order of decoding. Every code is the one of {nearest, one nearer to zero, zero} that has the least
 *
 *   ((what the layers below left - point) / step)^2 + mu bits
 *
 * where the bits are those of the table that the decoder will use: side codes, layers below and neighbours are chosen
 * before. What a choice does to the tables of later codes is not looked at.
 *
 * mus      [layers to choose], in squares of a layer's step for a bit, 0 or more; 0 gives the nearest points, Infinity
 *          the cheapest codes
 */
export function chooseCodes(
  model: ChoiceModel,
  grid: CodeGrid,
  { latent, side, before = [] }: TileLatent,
  mus: readonly number[],
): ChosenCodes {
  const { context, parameters } = model;
  const { channels } = context;
  const halves = halvesOf(grid);
  const tile = openTileContext(context, grid, sideFeatures(side), undefined, before);
  const below = new Float32Array(latent.length);
  const layers: Int32Array[] = [];
  const symbols: ChosenSymbols[] = [];
  for (const [layer, mu] of mus.entries()) {
    const codes = new Int32Array(latent.length);
    const steps = parameters["quantizer.steps"]!.subarray(layer * channels, (layer + 1) * channels);
    const task = { latent, below, codes, steps, reach: context.reach, mu, ...costsOf(model.tables[layer]!) };
    const first = tile.first();
    const a = chooseNarrowed(task, halves[0], first);
    const second = tile.second(codes);
    const b = chooseNarrowed(task, halves[1], second);
    tile.close(codes);
    addPoints(below, codes, steps, context.reach);
    layers.push(codes);
    const choices = [narrowed(first, a), narrowed(second, b)] as const;
    symbols.push({ ...inCodingOrder(codes, halves, channels, choices), narrowing: [a, b] });
  }
  return { codes: { side, layers }, symbols };
}

/** How far tables are narrowed, tried in this order for as long as it makes the cost less. */
const narrowings = [0, 1, 2, 4, 6, 8, 10, 12, 14, 17, 20, 24, 32, 48, 255];

/**
 * Narrow tables make codes zeros, and zeros make narrower tables cheaper, so a layer would be emptied all at once at
 * some mu. This bound, which grows with mu, makes it empty by and by.
 */
function mostNarrowing(mu: number): number {
  return mu === 0 ? 0 : 4 + 60 * Math.max(0, mu - 0.2);
}

/** Chooses half the positions with the narrowing that costs least, and gives it back. */
function chooseNarrowed(task: LayerChoice, places: Uint32Array, choice: Uint8Array): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const by of narrowings) {
    if (by > mostNarrowing(task.mu)) break;
    const cost = chooseHalf(task, places, choice, by);
    if (cost >= least) break;
    [best, least] = [by, cost];
  }
  chooseHalf(task, places, choice, best);
  return best;
}

/**
 * A tile's codes by a choice, and the sections that they are coded to.
 *
 * tile  its plain codes are looked at where the choice has no mus, its latent otherwise
 */
export function codedTile(
  model: ChoiceModel & CodedModel,
  { at, codes, latent }: { at: CodeGrid; codes: TileCodes; latent: Float32Array },
  { layers, mus }: CodeChoice,
): { codes: TileCodes; sections: Uint8Array[] } {
  if (!mus) {
    const used = { ...codes, layers: codes.layers.slice(0, layers) };
    return { codes: used, sections: encodeTile(model, at, used) };
  }
  const { side, before = [] } = codes;
  const chosen = chooseCodes(model, at, { latent, side, before }, mus);
  return { codes: chosen.codes, sections: encodeSections(model, codes.side, chosen.symbols) };
}

/**
 * One layer of a tile to choose.
 *
 * latent, below, codes  [positions, C]: what is to be reached, what the layers below reach, what is chosen
 * costs                 [tables * alphabet] bits
 */
type LayerChoice = {
  latent: Float32Array;
  below: Float32Array;
  codes: Int32Array;
  steps: Float32Array;
  reach: number;
  mu: number;
  costs: Float64Array;
  alphabet: number;
};

/** Fills in the codes of half the positions and gives what they cost; the inner loop allocates nothing. */
function chooseHalf(
  { latent, below, codes, steps, reach, mu, costs, alphabet }: LayerChoice,
  places: Uint32Array,
  choice: Uint8Array,
  narrowing: number,
): number {
  const channels = steps.length;
  let total = 0;
  for (let place = 0, at = 0; place < places.length; place++) {
    const from = places[place]! * channels;
    for (let channel = 0; channel < channels; channel++, at++) {
      const rest = (latent[from + channel]! - below[from + channel]!) / steps[channel]!;
      const size = Math.abs(rest);
      const most = Math.min(reach, Math.floor(size + 0.5));
      const zero = Math.max(0, choice[at]! - narrowing) * alphabet + reach;
      const sign = rest < 0 ? -1 : 1;
      let best = most;
      let least = (size - most) * (size - most) + mu * costs[zero + sign * most]!;
      if (most > 0) {
        const off = size - most + 1;
        const nearer = off * off + mu * costs[zero + sign * (most - 1)]!;
        if (nearer < least) {
          least = nearer;
          best = most - 1;
        }
        const none = size * size + mu * costs[zero]!;
        if (none < least) {
          least = none;
          best = 0;
        }
      }
      total += least;
      codes[from + channel] = reach + sign * best;
    }
  }
  return total;
}

function addPoints(total: Float32Array, codes: Int32Array, steps: Float32Array, reach: number): void {
  const channels = steps.length;
  for (let at = 0; at < total.length; at++) {
    total[at]! += Math.fround((codes[at]! - reach) * steps[at % channels]!);
  }
}

type Costs = { costs: Float64Array; alphabet: number };

const known = new WeakMap<readonly SymbolTable[], Costs>();

/** Bits of every symbol of a layer's tables, remembered by the tables. */
function costsOf(tables: readonly SymbolTable[]): Costs {
  const held = known.get(tables);
  if (held) return held;
  const alphabet = tables[0]!.frequencies.length;
  const costs = new Float64Array(tables.length * alphabet);
  for (const [table, { frequencies, precision }] of tables.entries()) {
    for (let symbol = 0; symbol < alphabet; symbol++) {
      costs[table * alphabet + symbol] = precision - Math.log2(frequencies[symbol]!);
    }
  }
  const made = { costs, alphabet };
  known.set(tables, made);
  return made;
}
