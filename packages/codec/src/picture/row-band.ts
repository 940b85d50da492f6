import { NacreError } from "@nacre/errors";
import type { PicturePlane, PictureStream, PictureTile, TiledPicture } from "@nacre/signal";
import { cropped } from "./pixels.js";
import { copyShared } from "./tile-grid.js";

/** Rows across the whole picture: planes, and alpha behind them where there is one. */
type Strip = { row: number; rows: number; planes: PicturePlane[] };

/**
 * A picture that comes tile by tile as one whose parts can be read, as long as they are asked for from the top to
 * the bottom: rows above the last part are gone. Memory holds the rows of a part.
 *
 * throws  NacreError "shape" out of readTile, for tiles that leave gaps or are not of the picture
 */
export function readableStream({ tiles, ...facts }: PictureStream): TiledPicture {
  const strips = stripsOf({ ...facts, tiles });
  let held: Strip[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const read = async (x: number, y: number, width: number, height: number): Promise<PictureTile> => {
    held = held.filter((strip) => strip.row + strip.rows > y);
    for (let end = endOf(held, y); end < y + height; end = endOf(held, y)) {
      const { done, value } = await strips.next();
      if (done) throw gap(`tiles that end at row ${end}`, `${facts.height} rows`);
      if (value.row + value.rows > y) held.push(value);
    }
    const [first, ...others] = laidTogether(held, facts.width, { x, y, width, height });
    const planes = facts.hasAlpha ? [first!, ...others.slice(0, -1)] : [first!, ...others];
    return { width, height, planes, ...(facts.hasAlpha && { alpha: others.at(-1)! }) };
  };
  return {
    ...facts,
    readTile(x, y, width, height) {
      // One after another, since they share the rows.
      const tile = last.then(() => read(x, y, width, height));
      last = tile.catch(() => undefined);
      return tile;
    },
  };
}

/** Tiles beside each other, joined. */
async function* stripsOf(stream: PictureStream): AsyncGenerator<Strip, void, undefined> {
  const { width, height, bitDepth, colour, hasAlpha } = stream;
  const count = (colour === "grey" ? 1 : 3) + (hasAlpha ? 1 : 0);
  const empty = (size: number) => (bitDepth === 8 ? new Uint8Array(size) : new Uint16Array(size));
  let strip: Strip | undefined;
  let [row, column] = [0, 0];
  for await (const tile of stream.tiles) {
    strip ??= {
      row,
      rows: tile.height,
      planes: Array.from({ length: count }, () => empty(width * tile.height)),
    };
    checkTile(tile, strip, { count, bitDepth, right: width - column, below: height - row });
    const at = { row: 0, column, rows: tile.height, columns: tile.width };
    const whole = { row: 0, column: 0, rows: tile.height, columns: width };
    for (const [index, data] of planesOf(tile).entries()) {
      copyShared({ at, data, width: 1 }, { at: whole, data: strip.planes[index]!, width: 1 });
    }
    column += tile.width;
    if (column < width) continue;
    yield strip;
    [row, column, strip] = [row + strip.rows, 0, undefined];
  }
}

function planesOf({ planes, alpha }: PictureTile): PicturePlane[] {
  return alpha ? [...planes, alpha] : planes;
}

function endOf(held: readonly Strip[], y: number): number {
  const bottom = held.at(-1);
  return bottom ? bottom.row + bottom.rows : y;
}

function laidTogether(
  held: readonly Strip[],
  columns: number,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): PicturePlane[] {
  return held[0]!.planes.map((plane, index) => {
    const out =
      plane instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
    for (const { row, rows, planes } of held) {
      const from = Math.max(y, row);
      const count = Math.min(y + height, row + rows) - from;
      if (count <= 0) continue;
      const part = { row: from - row, column: x, rows: count, columns: width };
      out.set(cropped(planes[index]!, columns, part), (from - y) * width);
    }
    return out;
  });
}

function checkTile(
  tile: PictureTile,
  strip: Strip,
  { count, bitDepth, right, below }: { count: number; bitDepth: 8 | 16; right: number; below: number },
): void {
  const { width, height } = tile;
  const type = bitDepth === 8 ? Uint8Array : Uint16Array;
  const planes = planesOf(tile);
  const fits =
    planes.length === count && planes.every((each) => each instanceof type && each.length === width * height);
  const within = width >= 1 && width <= right && height === strip.rows && height >= 1 && height <= below;
  if (fits && within) return;
  throw gap(
    `a tile of ${width} x ${height} with ${planes.length} planes at row ${strip.row}`,
    `${count} planes of ${bitDepth} bits, at most ${right} wide, ${strip.rows} high and within ${below} rows`,
  );
}

function gap(found: string, expected: string): NacreError {
  return new NacreError("shape", { found, expected });
}
