import { type Chunk, type PictureHeader, readStream } from "@nacre/bitstream";
import { halvesOf, idealBits, idealBitsChosen } from "@nacre/entropy";
import { NacreError } from "@nacre/errors";
import type { PicturePlane } from "@nacre/signal";
import { decodePlane } from "./alpha.js";
import { tilePart } from "./decode-picture.js";
import { checkPictureHeader } from "./picture-header.js";
import type { PictureModel } from "./picture-model.js";
import { copyShared, type Rectangle, scaled, type TileGrid, tileAt, tileGridOf } from "./tile-grid.js";
import { chosenSymbols, decodeTile, narrowed, narrowingOf } from "./tile-symbols.js";

/**
 * Bits of a layer by place.
 *
 * side  pixels along a side of a place; the last row and column may reach beyond the picture
 * bits  [rows, columns]
 */
export type PlaceBits = { rows: number; columns: number; side: number; bits: Float32Array };

/**
 * Where the bits of each layer of a file are, in the order of its header: what the codes of each place cost by the
 * very tables that they are coded with. A tile's alpha, which is coded whole, is shared out evenly. A tile that is stored otherwise has no bits in any
 * layer but its alpha. Rounding to bytes, section by section, is what the file has beyond the sum.
 *
 * throws  NacreError "bitstream" or "version" for a file that cannot be read, "model" for one that another model made
 */
export function pictureFileBits(model: PictureModel, file: Uint8Array): PlaceBits[] {
  const { header, grid, tiles } = fileTiles(model, file);
  const maps = header.layers.map((layer, index) => {
    const unit = layer.role === "side" && !(header.alpha && index === 0) ? model.cell : 1;
    return emptyBits(grid.rows / unit, grid.columns / unit, model.patch * unit);
  });
  for (const [number, { sections, stored }] of tiles.entries()) {
    const at = tileAt(grid, number);
    const coded = sections.map(([section]) => section!);
    const own = stored === undefined ? tileBits(model, at, header.alpha ? coded.slice(1) : coded) : [];
    if (header.alpha) own.unshift(evenBits(at, 8 * coded[0]!.length));
    for (const [index, data] of own.entries()) {
      const { rows, columns, side, bits } = maps[index]!;
      const whole = { row: 0, column: 0, rows, columns };
      const from = scaled(at, model.patch / side);
      copyShared({ at: from, data, width: 1 }, { at: whole, data: bits, width: 1 });
    }
  }
  return maps;
}

/**
 * The alpha of a file, as decoding gives it; undefined where it has none. No network is run.
 *
 * throws  as pictureFileBits
 */
export function pictureFileAlpha(model: PictureModel, file: Uint8Array): PicturePlane | undefined {
  const { header, grid, tiles } = fileTiles(model, file);
  if (!header.alpha) return undefined;
  const { width, height, bitDepth } = header;
  const all = new (bitDepth === 8 ? Uint8Array : Uint16Array)(width * height);
  const whole = { row: 0, column: 0, rows: height, columns: width };
  for (const [number, { sections }] of tiles.entries()) {
    const at = tilePart(tileAt(grid, number), model.patch, header);
    const data = decodePlane(sections[0]![0]!, { width: at.columns, height: at.rows, bitDepth });
    copyShared<PicturePlane>({ at, data, width: 1 }, { at: whole, data: all, width: 1 });
  }
  return all;
}

function fileTiles(
  model: PictureModel,
  file: Uint8Array,
): { header: PictureHeader; grid: TileGrid; tiles: readonly Chunk[] } {
  const { header: read, chunks } = readStream(file);
  const header = checkPictureHeader(model, read);
  const grid = tileGridOf(model, header);
  if (chunks.length === grid.down * grid.across) return { header, grid, tiles: chunks };
  throw new NacreError("bitstream", {
    found: `${chunks.length} tiles`,
    expected: `${grid.down * grid.across}, by the picture's size`,
  });
}

/** Side codes by cell, then every content layer by position. */
function tileBits(model: PictureModel, at: Rectangle, sections: readonly Uint8Array[]): Float32Array[] {
  const codes = decodeTile(model, at, sections);
  const { context, sideTables, tables } = model;
  const cells = codes.side.length / context.sideChannels;
  const side = Float32Array.from({ length: cells }, (_, cell) => {
    const own = codes.side.subarray(cell * context.sideChannels, (cell + 1) * context.sideChannels);
    return idealBits(own, (channel) => sideTables[channel]!);
  });
  const halves = halvesOf(at);
  const order = halves.flatMap((half) => [...half]);
  const split = halves[0].length * context.channels;
  const content = [...chosenSymbols(model, at, codes)].map(({ symbols, choice }, layer) => {
    for (const [half, by] of (narrowingOf(sections[layer + 1]!) ?? []).entries()) {
      narrowed(half === 0 ? choice.subarray(0, split) : choice.subarray(split), by);
    }
    const bits = new Float32Array(order.length);
    for (const [place, position] of order.entries()) {
      const [from, to] = [place * context.channels, (place + 1) * context.channels];
      bits[position] = idealBitsChosen(symbols.subarray(from, to), tables[layer]!, choice.subarray(from, to));
    }
    return bits;
  });
  return [side, ...content];
}

function evenBits({ rows, columns }: Rectangle, bits: number): Float32Array {
  return new Float32Array(rows * columns).fill(bits / (rows * columns));
}

function emptyBits(rows: number, columns: number, side: number): PlaceBits {
  return { rows, columns, side, bits: new Float32Array(rows * columns) };
}
