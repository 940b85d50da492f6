// Processor time that drawing batches takes: node packages/training/test/feed-speed.mjs <packed corpus>
import { drawBatch, openCorpus, recipeByName } from "@nacre/training";

const corpus = await openCorpus(process.argv[2] ?? "corpora/packed");
const { batch, frames, encoder, augment } = recipeByName("general-24k");
const always = Object.entries(augment).map(([name, part]) => [name, { ...part, chance: 1 }]);
const cases = [
  ["nothing", undefined],
  ["general-24k", augment],
  ...always.map(([name, part]) => [`${name} alone`, { [name]: part }]),
  ["all parts", Object.fromEntries(always)],
];
const into = new Float32Array(batch * frames * encoder.hop);
const seconds = into.length / encoder.sampleRate;

function milliseconds(parts, batches) {
  const before = process.cpuUsage();
  for (let step = 1; step <= batches; step++) drawBatch(corpus, 1, step, batch, into, parts);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / batches;
}

for (const [name, parts] of cases) {
  milliseconds(parts, 20);
  const each = Math.min(...[1, 2, 3].map(() => milliseconds(parts, 50)));
  const rate = `${(into.length / each / 1000).toFixed(1)} M samples/s, ${((1000 * seconds) / each).toFixed(0)} x real time`;
  console.log(`${name.padEnd(16)} ${each.toFixed(2)} ms a batch, ${rate}`);
}
corpus.close();
