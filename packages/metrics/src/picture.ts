import { NacreError } from "@nacre/errors";

/**
 * A picture as its samples.
 *
 * width, height  pixels, at least 1
 * channels       1 is grey, 3 is red, green, blue
 * peak           the value of white: 255 for 8 bit, 65535 for 16 bit, 1 for fractions
 * samples        row by row from the top, the channels of a pixel side by side: width * height * channels
 */
export type PictureSamples = {
  width: number;
  height: number;
  channels: number;
  peak: number;
  samples: Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array | Float64Array;
};

/** Throws "shape" unless both pictures are whole, grey or RGB, and of one form. */
export function checkPicturePair(reference: PictureSamples, estimate: PictureSamples): void {
  checkPicture(reference);
  checkPicture(estimate);
  const [expected, found] = [form(reference), form(estimate)];
  if (expected === found) return;
  throw new NacreError("shape", {
    found: `the estimate is a picture of ${found}`,
    expected: `${expected} as the reference`,
    mend: "bring the two to one size, channels and depth before measuring",
  });
}

/** One channel in float64, row by row: [height * width]. */
export function plane({ samples, channels }: PictureSamples, channel: number): Float64Array {
  const out = new Float64Array(samples.length / channels);
  for (let i = 0; i < out.length; i++) out[i] = samples[i * channels + channel]!;
  return out;
}

function checkPicture(picture: PictureSamples): void {
  const { width, height, channels, peak, samples } = picture;
  if (channels !== 1 && channels !== 3) {
    throw new NacreError("shape", {
      found: `a picture of ${channels} channels`,
      expected: "1 (grey) or 3 (RGB)",
      mend: "measure transparency as a grey picture of its own",
    });
  }
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && peak > 0 && samples.length === width * height * channels) return;
  throw new NacreError("shape", {
    found: `${samples.length} samples for a picture of ${form(picture)}`,
    expected: "width x height x channels of them and a peak above 0",
  });
}

function form({ width, height, channels, peak }: PictureSamples): string {
  return `${width} x ${height} pixels, ${channels} channels, peak ${peak}`;
}
