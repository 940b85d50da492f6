import {
  type AddProduct,
  type CodeGrid,
  decodeSymbols,
  encodeChosen,
  encodeSymbols,
  halvesOf,
  openSymbols,
  openTileContext,
  type SymbolTable,
  type TableAt,
} from "@nacre/entropy";
import { isNacreError } from "@nacre/errors";
import { type PictureModel, sideReach } from "./picture-model.js";

/**
 * The codes of a tile.
 *
 * side    [cells * Z], 0 .. 2 * sideReach
 * layers  [content layer] of [positions * C], 0 .. 2 * reach
 * narrowings  of the layers that are, or were, coded in narrower tables than the context chooses; none if absent
 * before  content layers of the frame before, which a context that remembers looks at; none if absent
 */
export type TileCodes = {
  side: Int32Array;
  layers: Int32Array[];
  narrowings?: readonly Narrowing[];
  before?: readonly Int32Array[];
};

/** The parts of a model that coding looks at. */
export type CodedModel = Pick<PictureModel, "context" | "tables" | "sideTables" | "cell">;

/**
 * A content layer in the order in which it is coded, each symbol with the number of its table: all channels of
 * the positions of the first half of a checkerboard, then of the second.
 *
 * narrowing  by how much the tables of each half were taken below those of the context, `narrowed`; none if absent
 */
export type ChosenSymbols = { symbols: Int32Array; choice: Uint8Array; narrowing?: Narrowing };

/** [first half, second half], each 0 .. 255. */
export type Narrowing = readonly [number, number];

const unnarrowed: Narrowing = [0, 0];

/** The content layers of a tile with their tables. */
export function* chosenSymbols(
  { context }: Pick<PictureModel, "context">,
  grid: CodeGrid,
  { side, layers, narrowings, before }: TileCodes,
  product?: AddProduct,
): Generator<ChosenSymbols, void, void> {
  const { channels } = context;
  const halves = halvesOf(grid);
  const tile = openTileContext(context, grid, sideFeatures(side), product, before);
  for (const [layer, codes] of layers.entries()) {
    const [a, b] = narrowings?.[layer] ?? unnarrowed;
    const choices = [narrowed(tile.first(), a), narrowed(tile.second(codes), b)] as const;
    yield { ...inCodingOrder(codes, halves, channels, choices), narrowing: [a, b] };
    tile.close(codes);
  }
}

/** A layer's codes [positions, C] and the tables of its two halves in the order of coding. */
export function inCodingOrder(
  codes: Int32Array,
  halves: readonly [Uint32Array, Uint32Array],
  channels: number,
  choices: readonly [Uint8Array, Uint8Array],
): ChosenSymbols {
  const [first, second] = halves.map((places) => gathered(codes, places, channels));
  return { symbols: joined(Int32Array, first!, second!), choice: joined(Uint8Array, ...choices) };
}

/**
 * Tables so many places lower, in place. A context's tables stand in the order of their width: what an encoder left
 * nearly empty, on purpose, is cheap only in narrower ones than the layer as it was trained would need.
 */
export function narrowed(choice: Uint8Array, by: number): Uint8Array {
  if (by > 0) for (let at = 0; at < choice.length; at++) choice[at] = Math.max(0, choice[at]! - by);
  return choice;
}

// No rANS stream begins with a zero: this one says that two bytes of narrowing stand before the stream.
const narrowMark = 0;

function layerSection({ symbols, choice, narrowing }: ChosenSymbols, tables: SymbolTable[]): Uint8Array {
  const coded = encodeChosen(symbols, tables, choice);
  if (!narrowing || (narrowing[0] === 0 && narrowing[1] === 0)) return coded;
  const out = new Uint8Array(3 + coded.length);
  out.set([narrowMark, ...narrowing]);
  out.set(coded, 3);
  return out;
}

/** The bytes of a tile's sections: side codes, then the content layers that it has. */
export function encodeTile(model: CodedModel, grid: CodeGrid, codes: TileCodes): Uint8Array[] {
  return encodeSections(model, codes.side, chosenSymbols(model, grid, codes));
}

/** The bytes of side codes and of content layers whose tables are known. */
export function encodeSections(
  model: CodedModel,
  side: Int32Array,
  layers: Iterable<ChosenSymbols>,
): Uint8Array[] {
  const sections = [encodeSymbols(side, sideTableAt(model))];
  for (const layer of layers) sections.push(layerSection(layer, model.tables[sections.length - 1]!));
  return sections;
}

/** How a tile's sections are read; see decodeTile. */
export type DecodeTileOptions = { recover?: boolean; product?: AddProduct; before?: readonly Int32Array[] };

/**
 * The codes in a tile's sections, which begin with the side codes.
 *
 * recover  what cannot be decoded is left out, with all that stands above it; side codes are then zeros
 * product  all forms give the same codes
 * before   as TileCodes has it
 * throws   NacreError "bitstream" when bytes are not those of so many codes
 */
export function decodeTile(
  model: CodedModel,
  grid: CodeGrid,
  sections: readonly Uint8Array[],
  { recover = false, product, before }: DecodeTileOptions = {},
): TileCodes {
  const { cell, context } = model;
  const cells = Math.ceil(grid.rows / cell) * Math.ceil(grid.columns / cell);
  const attempt = <T>(decode: () => T) => orNothing(decode, recover);
  const [first, ...content] = sections;
  const count = cells * context.sideChannels;
  const side = first && attempt(() => decodeSymbols(first, count, sideTableAt(model)));
  if (!side) return { side: new Int32Array(count).fill(sideReach), layers: [] };
  const tile = openTileContext(context, grid, sideFeatures(side), product, before);
  const layers: Int32Array[] = [];
  const narrowings: Narrowing[] = [];
  for (const section of content) {
    const narrowing = narrowingOf(section);
    const codes = attempt(() => decodeLayer(model, grid, tile, section, layers.length));
    if (!codes) break;
    tile.close(codes);
    layers.push(codes);
    narrowings.push(narrowing);
  }
  return { side, layers, narrowings };
}

function decodeLayer(
  { context, tables }: CodedModel,
  grid: CodeGrid,
  tile: ReturnType<typeof openTileContext>,
  section: Uint8Array,
  layer: number,
): Int32Array {
  const { channels } = context;
  const [first, second] = halvesOf(grid);
  const codes = new Int32Array(grid.rows * grid.columns * channels);
  const [a, b] = narrowingOf(section);
  const reader = openSymbols(isNarrowed(section) ? section.subarray(3) : section);
  scatter(reader.read(tables[layer]!, narrowed(tile.first(), a)), first, channels, codes);
  scatter(reader.read(tables[layer]!, narrowed(tile.second(codes), b)), second, channels, codes);
  reader.end();
  return codes;
}

function isNarrowed(section: Uint8Array): boolean {
  return section[0] === narrowMark && section.length >= 3;
}

function narrowingOf(section: Uint8Array): Narrowing {
  return isNarrowed(section) ? [section[1]!, section[2]!] : unnarrowed;
}

// A short check agrees with damaged bytes once in 256 times; the coder then mostly finds out.
function orNothing<T>(decode: () => T, recover: boolean): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (recover && isNacreError(error)) return undefined;
    throw error;
  }
}

function sideTableAt({ sideTables }: CodedModel): TableAt {
  return (position) => sideTables[position % sideTables.length]!;
}

/** Side codes as the context takes them, around zero. */
export function sideFeatures(side: Int32Array): Int8Array {
  return Int8Array.from(side, (code) => code - sideReach);
}

function gathered(codes: Int32Array, places: Uint32Array, channels: number): Int32Array {
  const out = new Int32Array(places.length * channels);
  for (const [at, place] of places.entries()) {
    out.set(codes.subarray(place * channels, (place + 1) * channels), at * channels);
  }
  return out;
}

function scatter(symbols: Int32Array, places: Uint32Array, channels: number, codes: Int32Array): void {
  for (const [at, place] of places.entries()) {
    codes.set(symbols.subarray(at * channels, (at + 1) * channels), place * channels);
  }
}

function joined<Data extends Int32Array | Uint8Array>(
  type: new (length: number) => Data,
  a: Data,
  b: Data,
): Data {
  const both = new type(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
