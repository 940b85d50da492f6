import { NacreError } from "@nacre/errors";

/** The samples of one channel, row by row from the top: [height * width]. */
export type PictureChannel = Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array | Float64Array;

/**
 * A picture as what measures need of it.
 *
 * width, height  pixels, at least 1
 * peak           the value of white: 255 for 8 bit, 65535 for 16 bit, 1 for fractions
 * planes         grey alone, or red, green and blue
 */
export type PicturePlanes = {
  width: number;
  height: number;
  peak: number;
  planes: readonly PictureChannel[];
};

/** Throws "shape" unless both pictures are whole, grey or RGB, and of one form. */
export function checkPicturePair(reference: PicturePlanes, estimate: PicturePlanes): void {
  checkPicture(reference);
  checkPicture(estimate);
  const [expected, found] = [form(reference), form(estimate)];
  if (expected === found) return;
  throw new NacreError("shape", {
    found: `the estimate is of ${found}`,
    expected: `${expected} as the reference`,
    mend: "bring the two to one size, number of planes and depth before measuring",
  });
}

function checkPicture(picture: PicturePlanes): void {
  const { width, height, peak, planes } = picture;
  if (planes.length !== 1 && planes.length !== 3) {
    throw new NacreError("shape", {
      found: `a picture of ${planes.length} planes`,
      expected: "1 (grey) or 3 (RGB)",
      mend: "measure transparency as a grey picture of its own",
    });
  }
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && peak > 0 && planes.every(({ length }) => length === width * height)) return;
  throw new NacreError("shape", {
    found: `planes of ${planes.map(({ length }) => length).join(", ")} samples for ${form(picture)}`,
    expected: "width x height samples in each, and a peak above 0",
  });
}

function form({ width, height, planes, peak }: PicturePlanes): string {
  return `${width} x ${height} pixels, ${planes.length} planes, peak ${peak}`;
}
