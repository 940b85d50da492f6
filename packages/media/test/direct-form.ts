/**
 * The resampler by its definition, in double precision and without tables: a check that shares nothing
 * with the room's own kernel but the constants of its design.
 *
 * samples  silence before and after
 * returns  `count` outputs from output `begin` on
 */
export function directForm(samples: Float32Array, from: number, to: number, begin: number, count: number) {
  const band = Math.min(1, to / from);
  const reach = 2 * Math.ceil(32 / band);
  const cutoff = band * (1 - (96 - 7.95) / (2.285 * 4 * Math.PI * 64));
  return Float64Array.from({ length: count }, (_, index) => {
    const place = ((begin + index) * from) / to;
    let [sum, weights] = [0, 0];
    for (let n = Math.floor(place) - reach + 1; n <= Math.floor(place) + reach; n++) {
      const weight = windowed(place - n, cutoff, reach);
      weights += weight;
      sum += weight * (samples[n] ?? 0);
    }
    return sum / weights;
  });
}

function windowed(x: number, cutoff: number, reach: number): number {
  const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
  const inside = Math.max(0, 1 - (x / reach) ** 2);
  return inside === 0 ? 0 : sinc * bessel(0.1102 * (96 - 8.7) * Math.sqrt(inside));
}

/** I0 by its integral, the mean of exp(x cos t) over a half turn; this many points reach double precision. */
function bessel(x: number): number {
  const points = 32;
  let sum = 0;
  for (let k = 0; k < points; k++) sum += Math.exp(x * Math.cos((Math.PI * (k + 0.5)) / points));
  return sum / points;
}
