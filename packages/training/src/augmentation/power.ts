/** Mean of the squares. */
export function powerOf(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return sum / Math.max(1, samples.length);
}

/** The factor that brings a sound of one power to `decibels` against another power; 0 when either is silent. */
export function scaleTo(power: number, other: number, decibels: number): number {
  return power === 0 ? 0 : Math.sqrt(other / power) * 10 ** (decibels / 20);
}
