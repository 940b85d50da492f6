/**
 * Cuts the silence in front of and behind a recording; pauses inside stay.
 *
 * samples   mono
 * keep      seconds of silence left at each end
 * returns   a view of samples; empty when nothing is louder than 40 dB below the loudest 20 ms
 */
export function trimSilence(samples: Float32Array, sampleRate: number, keep = 0.15): Float32Array {
  const size = Math.round(sampleRate * 0.02);
  const levels = Array.from({ length: Math.floor(samples.length / size) }, (_, frame) =>
    power(samples.subarray(frame * size, (frame + 1) * size)),
  );
  const threshold = levels.reduce((most, level) => Math.max(most, level), 0) * 1e-4;
  const first = levels.findIndex((level) => level > threshold);
  if (first < 0) return samples.subarray(0, 0);
  const last = levels.findLastIndex((level) => level > threshold);
  const margin = Math.round(keep * sampleRate);
  return samples.subarray(Math.max(0, first * size - margin), (last + 1) * size + margin);
}

function power(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return sum / Math.max(1, samples.length);
}
