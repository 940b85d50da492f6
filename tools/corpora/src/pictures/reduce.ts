import { assert } from "@nacre/errors";
import type { Picture, PicturePlane } from "@nacre/signal";
import sharp from "sharp";

/** 8-bit RGB, [height * width * 3]. */
export type Pixels = { width: number; height: number; data: Uint8Array };

/**
 * How many times smaller a picture of a camera is made, so that a pixel is the mean of several and what JPEG
 * and the camera's own interpolation did to them is gone: 2 up to 5 megapixels, 3 up to 12, 4 above.
 */
export function reductionOf({ width, height }: { width: number; height: number }): number {
  const megapixels = (width * height) / 1e6;
  return megapixels <= 5 ? 2 : megapixels <= 12 ? 3 : 4;
}

/** Both sides `factor` times smaller, to the nearest pixel, by Lanczos' filter of three lobes. */
export async function reduced({ width, height, data }: Pixels, factor: number): Promise<Pixels> {
  if (factor === 1) return { width, height, data };
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side / factor)));
  const small = await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize({ width: across!, height: down!, fit: "fill", kernel: "lanczos3" })
    .raw()
    .toBuffer();
  assert(small.length === 3 * across! * down!, "a reduced picture is RGB of the size asked for");
  return { width: across!, height: down!, data: small };
}

/**
 * The pixels of a picture in its own profile: 16 bits rounded to 8, grey as three equal colours. Grey is kept
 * since codecs meet it, and it is learned as what it is for them: colour that does not vary.
 */
export function pixelsOf({ width, height, planes }: Picture): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let colour = 0; colour < 3; colour++) {
    const plane = eightBits(planes[planes.length === 1 ? 0 : colour]!);
    for (let i = 0; i < plane.length; i++) data[3 * i + colour] = plane[i]!;
  }
  return { width, height, data };
}

function eightBits(plane: PicturePlane): Uint8Array {
  return plane instanceof Uint8Array ? plane : Uint8Array.from(plane, (sample) => Math.round(sample / 257));
}
