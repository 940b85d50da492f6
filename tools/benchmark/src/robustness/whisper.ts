const order = 18;
const frameSeconds = 0.03;

/**
 * Speech as a whisper: the same resonances and loudness over time, noise in the place of the voice.
 *
 * Each frame of 30 ms, half shared with the next, is replaced by noise through the frame's all-pole filter of
 * order 18 (autocorrelation method), with the power of its prediction error; frames are faded by the root of a
 * Hann window, so that the powers of neighbours, which have nothing in common, add up to one.
 *
 * random  even numbers over 0 <= x < 1
 *
 * Makhoul 1975, "Linear prediction: a tutorial review", sections II and III.
 */
export function whispered(samples: Float32Array, sampleRate: number, random: () => number): Float32Array {
  const size = 2 * Math.round((frameSeconds * sampleRate) / 2);
  const fade = Float64Array.from({ length: size }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / size));
  const out = new Float32Array(samples.length);
  for (let start = -size / 2; start < samples.length; start += size / 2) {
    const frame = fade.map((gain, n) => gain * (samples[start + n] ?? 0));
    const { coefficients, error } = allPole(frame);
    // The fade has half the power of the whole frame.
    const noise = filtered(coefficients, Math.sqrt((2 * error) / size), size, random);
    for (let n = 0; n < size; n++) if (start + n in out) out[start + n]! += fade[n]! * noise[n]!;
  }
  return out;
}

/** A frame's prediction x[n] = -sum a[k] x[n - k], k = 1 .. 18, and the energy that it leaves. */
function allPole(frame: Float64Array): { coefficients: Float64Array; error: number } {
  const correlation = Float64Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0;
    for (let n = lag; n < frame.length; n++) sum += frame[n]! * frame[n - lag]!;
    return sum;
  });
  // As much as white noise 60 dB down: keeps the filter stable where the frame is a pure tone or silent.
  correlation[0]! += 1e-6 * correlation[0]! + 1e-12;
  const a = Float64Array.of(1, ...Array<number>(order).fill(0));
  let error = correlation[0]!;
  for (let i = 1; i <= order; i++) {
    let sum = 0;
    for (let k = 0; k < i; k++) sum += a[k]! * correlation[i - k]!;
    const reflection = -sum / error;
    const before = a.slice();
    for (let k = 1; k <= i; k++) a[k] = before[k]! + reflection * before[i - k]!;
    error *= 1 - reflection * reflection;
  }
  return { coefficients: a, error };
}

function filtered(a: Float64Array, gain: number, size: number, random: () => number): Float64Array {
  // The filter rings for some frames before a noise through it has its level.
  const lead = 4 * order;
  const out = new Float64Array(lead + size);
  for (let n = 0; n < out.length; n++) {
    // Even numbers over -1 .. 1 have the power 1/3.
    let value = gain * Math.sqrt(3) * (2 * random() - 1);
    for (let k = 1; k <= Math.min(order, n); k++) value -= a[k]! * out[n - k]!;
    out[n] = value;
  }
  return out.subarray(lead);
}
