// How fast the resampler runs, mono: `taskset -c 0 node packages/media/test/speed.mjs` after a build.
import { resample } from "../dist/index.js";

const seconds = 10;
for (const [from, to] of [
  [44_100, 24_000],
  [24_000, 44_100],
  [48_000, 24_000],
]) {
  const samples = Float32Array.from({ length: seconds * from }, (_, n) => 0.5 * Math.sin(n * n * 1e-7));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round++) {
    const begin = performance.now();
    resample({ sampleRate: from, channels: [samples] }, to);
    best = Math.min(best, performance.now() - begin);
  }
  console.log(`${from} -> ${to}: ${Math.round((1000 * seconds) / best)} times real time`);
}
