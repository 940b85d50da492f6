/**
 * How fast an imported model codes and decodes beside the original in PyTorch, in turns, on one signal:
 *
 *     node tools/import-proof/speed.mjs out/imports/snac-24khz [--python python3] [--seconds 10] [--rounds 3]
 *         [--threads 2] [-o speed.json]
 *
 * Speeds are seconds of sound over seconds of work, the middle of all rounds; opening and one warm-up are left out.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildModel, createCodec, loadModel, openForeignModel } from "../../packages/codec/dist/index.js";
import { createRuntime } from "../../packages/runtime/dist/node/index.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: "python3" },
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
    out: { type: "string", short: "o" },
  },
});
const [seconds, rounds, threads] = [values.seconds, values.rounds, values.threads].map(Number);
const results = [];
for (const folder of positionals) results.push(await speedOf(folder));
const text = `${JSON.stringify({ machine: machine(), seconds, rounds, threads, results }, null, 2)}\n`;
if (values.out) await writeFile(values.out, text);
console.log(text);

async function speedOf(folder) {
  const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  const weights = new Uint8Array(await readFile(join(folder, "model.safetensors")));
  const foreign = openForeignModel({ config, weights });
  const runtime = createRuntime();
  const model = await loadModel(await buildModel(foreign.convert("speed"), [], runtime, { bits: 32 }));
  const codec = await createCodec(model, runtime, { threads });
  const signal = sound(Math.round(seconds * model.sampleRate), model.sampleRate);
  const original = await openOriginal(foreign.family, folder, signal);
  const codes = (await codec.codes(signal)).map(({ data }) => data);
  await codec.synthesize(codes, signal.length);
  const times = { nacre: { encode: [], decode: [] }, pytorch: { encode: [], decode: [] } };
  for (let round = 0; round < rounds; round++) {
    times.nacre.encode.push(await timed(() => codec.codes(signal)));
    times.pytorch.encode.push(await original.time("encode"));
    times.nacre.decode.push(await timed(() => codec.synthesize(codes, signal.length)));
    times.pytorch.decode.push(await original.time("decode"));
  }
  await codec.close();
  await original.close();
  const speeds = (of) => ({ encode: seconds / middle(of.encode), decode: seconds / middle(of.decode) });
  const { sampleRate, quantizer } = model;
  const kind = { model: basename(folder), family: foreign.family, sampleRate, layers: quantizer.layers };
  return {
    ...kind,
    versions: original.versions,
    nacre: speeds(times.nacre),
    pytorch: speeds(times.pytorch),
    times,
  };
}

/** The original in a process of its own, which waits while we work. */
async function openOriginal(family, folder, signal) {
  const place = await mkdtemp(join(tmpdir(), "speed-"));
  const file = join(place, "signal.f32");
  await writeFile(file, new Uint8Array(signal.buffer));
  const script = fileURLToPath(new URL("speed.py", import.meta.url));
  const child = spawn(values.python, [script, family, folder, file, String(threads)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the original ended before it answered");
    return JSON.parse(value);
  };
  const versions = await next();
  return {
    versions,
    time(work) {
      child.stdin.write(`${work}\n`);
      return next();
    },
    async close() {
      child.stdin.end();
      await rm(place, { recursive: true });
    },
  };
}

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** A gliding tone with overtones and a little noise, the same every time. */
function sound(length, rate) {
  let state = 1;
  return Float32Array.from({ length }, (_, n) => {
    const t = n / rate;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const phase = 2 * Math.PI * (150 * t + 40 * Math.sin(t));
    return 0.25 * Math.sin(phase) + 0.1 * Math.sin(3 * phase) + 0.02 * (state / 2 ** 31 - 1);
  });
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function machine() {
  const all = cpus();
  return { cpu: all[0].model, cores: all.length, node: process.version, load: loadavg()[0] };
}
