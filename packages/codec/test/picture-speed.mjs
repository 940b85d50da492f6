// CPU seconds of coding one picture: `node test/picture-speed.mjs <model folder> [width] [height]`. Builds nothing:
// run `pnpm exec tsc -b` first. CPU time and not the clock's, since machines are shared.
import { createPictureCodec, pictureFileCodes } from "@nacre/codec";
import { readPictureModel } from "@nacre/codec/node";
import { createRuntime } from "@nacre/runtime/node";

const [folder, width = "768", height = "512"] = process.argv.slice(2);
const codec = await createPictureCodec(await readPictureModel(folder), createRuntime({ worker: false }), {
  threads: 1,
});
const picture = scene(Number(width), Number(height));

let file;
await timed("encode, networks opened", async () => (file = await encoded()));
await timed("encode", async () => (file = await encoded()));
const { layers: all } = codec.model.quantizer;
await timed(`encode ${all} layers as the quantizer gives them`, async () => encoded({ layers: all }));
await timed("encode to .4 bit per pixel", async () => encoded({ bpp: 0.4 }));
await timed("encode to 34 dB", async () => encoded({ psnr: 34 }));
file = await encoded({ quality: 100 });
console.log(
  `${file.length} bytes, ${((8 * file.length) / (picture.width * picture.height)).toFixed(3)} bit per pixel`,
);
await timed("codes of the file, first time", async () => pictureFileCodes(codec.model, file));
await timed("codes of the file", async () => pictureFileCodes(codec.model, file));
for (const layers of [1, codec.model.quantizer.layers]) {
  await timed(`decode ${layers} layers, networks opened`, () => decoded(layers));
  await timed(`decode ${layers} layers`, () => decoded(layers));
}
await codec.close();

async function timed(name, work) {
  const [cpu, clock] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = ((user + system) / 1e6).toFixed(3);
  console.log(
    `${name}: ${seconds} s of CPU, ${((performance.now() - clock) / 1000).toFixed(3)} s by the clock`,
  );
}

async function encoded(options) {
  const parts = [];
  for await (const part of codec.encode(picture, options)) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function decoded(layers) {
  const stream = await codec.decode(once(file), { layers });
  for await (const _ of stream.tiles);
}

async function* once(value) {
  yield value;
}

/** Gradients, waves of many scales and noise. */
function scene(wide, high) {
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const planes = [0, 1, 2].map((plane) =>
    Uint8Array.from({ length: wide * high }, (_, at) => {
      const [x, y] = [at % wide, Math.floor(at / wide)];
      const waves = [0.01, 0.05, 0.2].map((f) => Math.sin(f * x + plane) * Math.cos(f * y) * 20);
      return Math.max(0, Math.min(255, 100 + (60 * y) / high + waves.reduce((a, b) => a + b) + 6 * noise()));
    }),
  );
  return { width: wide, height: high, colour: "rgb", bitDepth: 8, planes };
}
