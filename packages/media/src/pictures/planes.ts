import { NacreError } from "@nacre/errors";
import type { PicturePlane, PictureTile } from "@nacre/signal";
import type { Rectangle, StoredPlace } from "./orientation.js";

/** The planes of a tile or picture in one list: colours, then alpha where there is one. */
export function planesOf({ planes, alpha }: Pick<PictureTile, "planes" | "alpha">): PicturePlane[] {
  return alpha ? [...planes, alpha] : planes;
}

/** Empty planes of `length` samples. */
export function emptyPlanes(count: number, length: number, bitDepth: 8 | 16): PicturePlane[] {
  return Array.from({ length: count }, () =>
    bitDepth === 8 ? new Uint8Array(length) : new Uint16Array(length),
  );
}

/** A tile out of its planes, the last of which is alpha where it has one. */
export function tileOf(
  width: number,
  height: number,
  planes: PicturePlane[],
  hasAlpha: boolean,
): PictureTile {
  if (!hasAlpha) return { width, height, planes };
  return { width, height, planes: planes.slice(0, -1), alpha: planes.at(-1)! };
}

/**
 * Takes interleaved samples apart into a rectangle of planes that are `width` samples wide.
 *
 * samples  stored rows, from the first row of `place`
 */
export function fillPlanes(
  planes: PicturePlane[],
  width: number,
  { x, y, width: across, height: along }: Rectangle,
  samples: PicturePlane,
  { origin, right, down }: StoredPlace,
): void {
  const channels = planes.length;
  for (const [channel, plane] of planes.entries()) {
    for (let row = 0; row < along; row++) {
      let from = (origin + row * down) * channels + channel;
      const start = (y + row) * width + x;
      for (let to = start; to < start + across; to++, from += right * channels) plane[to] = samples[from]!;
    }
  }
}

/** Puts planes together into interleaved rows of `width` pixels, with the tile's left edge at column `x`. */
export function interleave(
  planes: PicturePlane[],
  tileWidth: number,
  samples: PicturePlane,
  width: number,
  x: number,
): void {
  const channels = planes.length;
  for (const [channel, plane] of planes.entries()) {
    const rows = plane.length / tileWidth;
    for (let row = 0; row < rows; row++) {
      let to = (row * width + x) * channels + channel;
      const start = row * tileWidth;
      for (let from = start; from < start + tileWidth; from++, to += channels) samples[to] = plane[from]!;
    }
  }
}

/**
 * Stretches samples of 9 to 15 bits, which lie in the upper bits, over all of 16: the upper bits are
 * repeated below, so that full stays full and shifting them down gives the file's own samples.
 */
export function stretch(samples: PicturePlane, bits: number): void {
  for (let at = 0; at < samples.length; at++) samples[at]! |= samples[at]! >>> bits;
}

/** 16-bit samples rounded to 8 bits: n / 257 to the nearest. */
export function toEightBits(plane: PicturePlane): Uint8Array {
  return plane instanceof Uint8Array
    ? plane
    : Uint8Array.from(plane, (sample) => (sample * 255 + 32_895) >>> 16);
}

/** Colours laid over a background, all straight; where alpha is full they stay as they are. */
export function composed(
  planes: PicturePlane[],
  alpha: PicturePlane,
  background: readonly number[],
  full: number,
): PicturePlane[] {
  return planes.map((plane, channel) => {
    const behind = background[channel]!;
    return plane.map((sample, at) => Math.round((sample * alpha[at]! + behind * (full - alpha[at]!)) / full));
  });
}

/** Throws NacreError "shape" when a tile's planes are not what its picture has. */
export function checkTile(
  tile: PictureTile,
  { colour, bitDepth, hasAlpha }: { colour: "rgb" | "grey"; bitDepth: 8 | 16; hasAlpha: boolean },
): void {
  const count = colour === "rgb" ? 3 : 1;
  const length = tile.width * tile.height;
  const type = bitDepth === 8 ? Uint8Array : Uint16Array;
  const right =
    tile.planes.length === count &&
    (tile.alpha !== undefined) === hasAlpha &&
    planesOf(tile).every((plane) => plane instanceof type && plane.length === length);
  if (right) return;
  const lengths = planesOf(tile).map((plane) => `${plane.length} of ${plane.BYTES_PER_ELEMENT * 8} bits`);
  throw new NacreError("shape", {
    found: `a picture with planes of ${lengths.join(", ") || "no"} samples${tile.alpha ? ", the last alpha" : ""}`,
    expected: `${count} of ${colour}${hasAlpha ? " and alpha" : ""}, each ${length} samples of ${bitDepth} bits`,
  });
}
