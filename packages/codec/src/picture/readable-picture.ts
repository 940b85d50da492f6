import { NacreError } from "@nacre/errors";
import type { Picture, PictureStream, TiledPicture } from "@nacre/signal";
import { cropped } from "./pixels.js";
import { readableStream } from "./row-band.js";

/** What can be encoded: a picture in memory, one that can be read in any order, or one that comes tile by tile. */
export type ReadablePicture = Picture | TiledPicture | PictureStream;

/**
 * The picture as one that is read tile by tile, from the top to the bottom.
 *
 * throws NacreError "shape" for planes that are not those of a picture in memory
 */
export function asTiled(picture: ReadablePicture): TiledPicture {
  if ("readTile" in picture) return picture;
  if ("tiles" in picture) return readableStream(picture);
  checkPlanes(picture);
  return tiledPicture(picture);
}

/** A picture in memory as one that is read tile by tile. */
function tiledPicture(picture: Picture): TiledPicture {
  const { planes, alpha, ...facts } = picture;
  return {
    ...facts,
    hasAlpha: alpha !== undefined,
    async readTile(x, y, width, height) {
      const cut = <Plane extends Uint8Array | Uint16Array>(plane: Plane) =>
        cropped(plane, facts.width, { row: y, column: x, rows: height, columns: width }) as Plane;
      return { width, height, planes: planes.map(cut), ...(alpha && { alpha: cut(alpha) }) };
    },
  };
}

function checkPlanes({ width, height, colour, bitDepth, planes, alpha }: Picture): void {
  const type = bitDepth === 8 ? Uint8Array : Uint16Array;
  const all = alpha ? [...planes, alpha] : planes;
  const fits = all.every((plane) => plane instanceof type && plane.length === width * height);
  if (fits && planes.length === (colour === "grey" ? 1 : 3)) return;
  throw new NacreError("shape", {
    found: `${planes.length} planes of ${all.map(({ length }) => length).join(", ")} samples`,
    expected: `${colour === "grey" ? 1 : 3} of ${width * height} samples of ${bitDepth} bits`,
  });
}
