import { pictureBytes } from "@nacre/media/pictures";
import type { Picture, PicturePlane } from "@nacre/signal";
import { dataUri } from "./html.js";

/** Pixels across that a page shows of a picture; larger ones are made smaller by a whole factor. */
export const mostAcross = 900;

/** A picture of 8 bits as a page shows it. by: how many pixels along a side became one. */
export type Shown = { picture: Picture; by: number };

/** A picture made small enough, each pixel the mean of those that it stands for. */
export function shownPicture(picture: Picture): Shown {
  const by = Math.ceil(picture.width / mostAcross);
  const [width, height] = [picture.width, picture.height].map((side) => Math.ceil(side / by)) as [
    number,
    number,
  ];
  const small = (plane: PicturePlane) => blockMeans(plane, picture, by);
  return {
    by,
    picture: {
      ...{ width, height, bitDepth: 8, colour: picture.colour, planes: picture.planes.map(small) },
      ...(picture.alpha && { alpha: small(picture.alpha) }),
      ...(picture.iccProfile && { iccProfile: picture.iccProfile }),
    },
  };
}

function blockMeans(plane: PicturePlane, { width, height, bitDepth }: Picture, by: number): Uint8Array {
  const [across, down] = [Math.ceil(width / by), Math.ceil(height / by)];
  const full = 2 ** bitDepth - 1;
  return Uint8Array.from({ length: across * down }, (_, at) => {
    const [left, top] = [(at % across) * by, Math.floor(at / across) * by];
    const [right, bottom] = [Math.min(width, left + by), Math.min(height, top + by)];
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += plane[y * width + x]!;
    }
    return Math.round((255 * sum) / full / ((bottom - top) * (right - left)));
  });
}

/** A square of a picture, 8 bits, moved inside where it would stick out. */
export function cropOf(picture: Picture, { x, y, side }: { x: number; y: number; side: number }): Picture {
  const [width, height] = [Math.min(side, picture.width), Math.min(side, picture.height)];
  const left = Math.max(0, Math.min(x, picture.width - width));
  const top = Math.max(0, Math.min(y, picture.height - height));
  const cut = (plane: PicturePlane) =>
    Uint8Array.from({ length: width * height }, (_, at) =>
      Math.round(
        (255 * plane[(top + Math.floor(at / width)) * picture.width + left + (at % width)]!) /
          (2 ** picture.bitDepth - 1),
      ),
    );
  return {
    ...{ width, height, bitDepth: 8, colour: picture.colour, planes: picture.planes.map(cut) },
    ...(picture.iccProfile && { iccProfile: picture.iccProfile }),
  };
}

/**
 * What changed from one picture of 8 bits to another, on grey: each sample's difference times a factor, a power of 2
 * with which all but one sample of 200 stay in range.
 */
export function differenceOf(before: Picture, after: Picture): { picture: Picture; factor: number } {
  const sizes = new Uint32Array(256);
  for (const [c, plane] of after.planes.entries()) {
    for (const [at, value] of plane.entries()) sizes[Math.abs(value - before.planes[c]![at]!)]! += 1;
  }
  const all = sizes.reduce((sum, count) => sum + count, 0);
  let [most, beyond] = [255, 0];
  for (; most > 1 && beyond + sizes[most]! <= all / 200; most--) beyond += sizes[most]!;
  const factor = 2 ** Math.max(0, Math.min(6, Math.floor(Math.log2(127 / most))));
  const planes = after.planes.map((plane, c) =>
    Uint8Array.from(plane, (value, at) =>
      Math.max(0, Math.min(255, 128 + factor * (value - before.planes[c]![at]!))),
    ),
  );
  const { width, height, colour } = after;
  return { factor, picture: { width, height, colour, bitDepth: 8, planes } };
}

/** A picture as a PNG that stands in the page itself. */
export async function pngUri(picture: Picture): Promise<string> {
  const { bytes } = await pictureBytes(picture, { format: "png" });
  return dataUri("image/png", bytes);
}
