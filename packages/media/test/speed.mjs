// How fast the resampler runs, on one core: `taskset -c 0 node packages/media/test/speed.mjs` after a build.
import { resample } from "../dist/index.js";

const seconds = 10;
for (const [from, to, channelCount] of [
  [44_100, 24_000, 1],
  [24_000, 44_100, 1],
  [48_000, 24_000, 1],
  [44_100, 24_000, 2],
  [24_000, 44_100, 2],
  [48_000, 24_000, 2],
]) {
  const samples = Float32Array.from({ length: seconds * from }, (_, n) => 0.5 * Math.sin(n * n * 1e-7));
  const channels = Array.from({ length: channelCount }, () => samples.slice());
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round++) {
    const begin = performance.now();
    resample({ sampleRate: from, channels }, to);
    best = Math.min(best, performance.now() - begin);
  }
  const times = Math.round((1000 * seconds) / best);
  console.log(`${from} -> ${to}, ${channelCount === 1 ? "mono" : "stereo"}: ${times} times real time`);
}
