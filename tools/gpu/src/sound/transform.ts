import FFT from "fft.js";

/**
 * The MDCT of one frame (Princen, Johnson & Bradley 1987) with a sine window, orthonormal, so that overlapped
 * frames are the signal again.
 *
 * samples  2 * hop of them
 * out      hop coefficients; at most sqrt(hop) for samples in -1 .. 1
 */
export type Transform = (samples: Float32Array, out: Float32Array) => void;

/** hop: a power of two. */
export function openTransform(hop: number): Transform {
  const size = 2 * hop;
  const fft = new FFT(size);
  const [input, output] = [new Float64Array(2 * size), new Float64Array(2 * size)];
  // cos(pi/hop (n + n0)(k + 1/2)) as a turn before and one after a transform of 2 hop points.
  const before = Array.from({ length: size }, (_, n) => {
    const window = Math.sin((Math.PI * (n + 0.5)) / size);
    return [window * Math.cos((Math.PI * n) / size), -window * Math.sin((Math.PI * n) / size)] as const;
  });
  const middle = 0.5 + hop / 2;
  const after = Array.from({ length: hop }, (_, k) => {
    const angle = (Math.PI * middle * (k + 0.5)) / hop;
    return [Math.sqrt(2 / hop) * Math.cos(angle), Math.sqrt(2 / hop) * Math.sin(angle)] as const;
  });
  return (samples, out) => {
    for (let n = 0; n < size; n++) {
      input[2 * n] = samples[n]! * before[n]![0];
      input[2 * n + 1] = samples[n]! * before[n]![1];
    }
    fft.transform(output, input);
    for (let k = 0; k < hop; k++) out[k] = output[2 * k]! * after[k]![0] + output[2 * k + 1]! * after[k]![1];
  };
}
