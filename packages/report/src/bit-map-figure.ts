import type { BitMap, StoredTile } from "@nacre/inspect";
import { nacreColours } from "./colour-map.js";
import { dataUri, decimal, escapeHtml } from "./html.js";
import { pngBytes } from "./png.js";

const palette = nacreColours();

/** Bit per pixel of the lightest colour: what all but one place of 200 of these maps stay below, rounded up. */
export function mapTop(maps: readonly BitMap[]): number {
  const values = maps.flatMap((map) => [...bitsPerPixel(map)]).sort((a, b) => a - b);
  const most = values[Math.floor(0.995 * (values.length - 1))] ?? 0;
  if (most === 0) return 1;
  const decade = 10 ** Math.floor(Math.log10(most));
  return Number(([1, 2, 5, 10].find((step) => step * decade >= most * 0.999)! * decade).toPrecision(6));
}

/** All layers' bits by place, on the finest grid of them; a coarser place shares its bits out evenly. */
export function sumOfMaps(maps: readonly BitMap[]): BitMap {
  const finest = maps.reduce((best, map) => (map.side < best.side ? map : best));
  const { rows, columns, side } = finest;
  const bits = new Float32Array(rows * columns);
  for (const map of maps) {
    const ratio = Math.round(map.side / side);
    for (let at = 0; at < bits.length; at++) {
      const row = Math.floor(Math.floor(at / columns) / ratio);
      const column = Math.floor((at % columns) / ratio);
      bits[at]! += (map.bits[row * map.columns + column] ?? 0) / ratio ** 2;
    }
  }
  return { rows, columns, side, bits };
}

/** Top left of the square of `side` pixels that takes the most bits. */
export function busiestPlace(map: BitMap, side: number): { x: number; y: number } {
  const [down, across] = [map.rows, map.columns].map((count) =>
    Math.max(1, count - Math.ceil(side / map.side) + 1),
  ) as [number, number];
  const wide = Math.min(map.columns, Math.ceil(side / map.side));
  const high = Math.min(map.rows, Math.ceil(side / map.side));
  let best = { x: 0, y: 0, bits: Number.NEGATIVE_INFINITY };
  for (let row = 0; row < down; row += Math.ceil(high / 4)) {
    for (let column = 0; column < across; column += Math.ceil(wide / 4)) {
      let bits = 0;
      for (let y = row; y < row + high; y++) {
        for (let x = column; x < column + wide; x++) bits += map.bits[y * map.columns + x] ?? 0;
      }
      if (bits > best.bits) best = { x: column * map.side, y: row * map.side, bits };
    }
  }
  return { x: best.x, y: best.y };
}

/** What a map is drawn with: pixels of the picture, tiles that are stored otherwise, bit per pixel at the top. */
export type MapLook = { width: number; height: number; tiles?: readonly StoredTile[]; top: number };

/** A map as a figure, as large as the picture, each place a square of one colour. name: whose bits. */
export function mapFigure(map: BitMap, name: string, look: MapLook): string {
  const { width, height, tiles = [], top } = look;
  const values = bitsPerPixel(map);
  const pixels = Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, value / top)));
  const source = dataUri("image/png", pngBytes(pixels, map.columns, palette));
  const mean = map.bits.reduce((sum, bits) => sum + bits, 0) / (width * height);
  const alt = `Map of the bits of ${name}: from ${decimal(Math.min(...extremes(values)), 3)} to ${decimal(Math.max(...extremes(values)), 3)} bit per pixel, ${decimal(mean, 3)} over all; lighter is more.`;
  const size = `width:${percent((map.columns * map.side) / width)};height:${percent((map.rows * map.side) / height)}`;
  return `<figure class="map"><div class="ground" style="aspect-ratio:${width}/${height}"><img src="${source}" style="${size}" alt="${escapeHtml(alt)}">${tiles.map((tile) => tileMark(tile, look)).join("")}</div>
<figcaption>${escapeHtml(name)} <span>${decimal(mean, 3)} bit/pixel</span></figcaption></figure>`;
}

/** The scale of maps with this top. */
export function mapLegend(top: number): string {
  const strip = dataUri(
    "image/png",
    pngBytes(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      256,
      palette,
    ),
  );
  const ticks = [0, 0.25, 0.5, 0.75].map((share) => `<span>${Number((share * top).toPrecision(3))}</span>`);
  const alt = `Colours from dark for 0 to light for ${top} bit per pixel or more.`;
  return `<div class="legend"><div><img src="${strip}" alt="${alt}"><div class="ticks" aria-hidden="true">${ticks.join("")}<span>${top}+</span></div></div><span aria-hidden="true">bit/pixel</span></div>`;
}

function tileMark({ row, column, rows, columns, kind }: StoredTile, { width, height }: MapLook): string {
  const box = [
    `left:${percent(column / width)}`,
    `top:${percent(row / height)}`,
    `width:${percent(columns / width)}`,
    `height:${percent(rows / height)}`,
  ];
  return `<i class="tile" style="${box.join(";")}" title="${escapeHtml(`stored ${kind}`)}"></i>`;
}

function bitsPerPixel({ bits, side }: BitMap): Float32Array {
  return bits.map((value) => value / side ** 2);
}

/** A picture has too many places for a call with all of them. */
function extremes(values: Float32Array): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, 0],
  );
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(4))}%`;
}
