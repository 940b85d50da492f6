import { assert } from "@nacre/errors";
import type { Picture, PicturePlane, PictureStream } from "@nacre/signal";
import { emptyPlanes, planesOf, tileOf } from "./planes.js";

/** A picture that comes tile by tile as one in memory; throws whatever its tiles throw. */
export async function collectPicture({ tiles, hasAlpha, ...facts }: PictureStream): Promise<Picture> {
  const { width, height, colour, bitDepth } = facts;
  const planes = emptyPlanes((colour === "rgb" ? 3 : 1) + (hasAlpha ? 1 : 0), width * height, bitDepth);
  let [x, y] = [0, 0];
  for await (const tile of tiles) {
    const promise = "tiles cover their picture from left to right and top to bottom";
    assert(x + tile.width <= width && y + tile.height <= height, promise);
    for (const [at, plane] of planesOf(tile).entries()) lay(plane, tile.width, planes[at]!, width, { x, y });
    x += tile.width;
    if (x === width) [x, y] = [0, y + tile.height];
  }
  const { planes: colours, alpha } = tileOf(width, height, planes, hasAlpha);
  return { ...facts, planes: colours, ...(alpha && { alpha }) };
}

function lay(
  from: PicturePlane,
  across: number,
  to: PicturePlane,
  width: number,
  { x, y }: { x: number; y: number },
): void {
  for (let row = 0; row * across < from.length; row++) {
    to.set(from.subarray(row * across, (row + 1) * across), (y + row) * width + x);
  }
}
