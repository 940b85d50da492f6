/**
 * Predicted frames beside key frames: clips made from held photographs, every frame coded by the picture model on its own,
 * and all but the first by the model of predicted frames, from a key frame of as many layers. Prints bit per pixel, dB over
 * all predicted frames (RGB), and processor time; pictures are whole files, predicted frames their sections.
 *
 *   node packages/training/test/film-beside-photo.mjs <film model> <photo model> <packed photographs> [clips] [size]
 */
import { Readable } from "node:stream";
import { createPictureCodec, keyMemory, openPredictedFrames } from "@nacre/codec";
import { readFilmModel, readPictureModel } from "@nacre/codec/node";
import { createRuntime } from "@nacre/runtime/node";
import { openPictureCorpus } from "@nacre/training";
import { randomFor } from "../dist/random.js";
import { filmClip } from "../dist/video/film-clip.js";

const [filmFolder, photoFolder, packed, count = "5", side = "192"] = process.argv.slice(2);
const [size, frames] = [Number(side), 4];
const runtime = createRuntime({ worker: false });
const corpus = await openPictureCorpus(packed);
const random = randomFor(99, 5);
const clips = Array.from({ length: Number(count) }, () =>
  filmClip({ ...corpus, train: corpus.validation }, random, { size, frames }),
);
const pictures = await createPictureCodec(await readPictureModel(photoFolder), runtime, { threads: 1 });
const predicted = openPredictedFrames(await readFilmModel(filmFolder), runtime, 1);

async function keyFrame(frame, layers) {
  const parts = [];
  const picture = { ...frame, planes: [...frame.planes], colour: "rgb", bitDepth: 8 };
  for await (const part of pictures.encode(picture, { layers })) parts.push(part);
  // A clip is smaller than a tile.
  let planes = [];
  const { tiles } = await pictures.decode(Readable.from(parts, { objectMode: true }));
  for await (const tile of tiles) planes = tile.planes.map((plane) => plane.slice());
  return { bytes: parts.reduce((sum, { length }) => sum + length, 0), picture: { ...frame, planes } };
}

function squares(a, b) {
  const plane = (at) => a.planes[at].reduce((sum, value, i) => sum + (value - b.planes[at][i]) ** 2, 0);
  return (plane(0) + plane(1) + plane(2)) / (3 * size * size);
}

async function timed(work) {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: (user + system) / 1000 };
}

for (let layers = 1; layers <= predicted.model.quantizer.layers; layers++) {
  const sum = { photo: [0, 0], film: [0, 0], code: 0, decode: 0, frames: 0 };
  for (const clip of clips) {
    let sent = keyMemory((await keyFrame(clip[0], layers)).picture);
    for (const frame of clip.slice(1)) {
      const alone = await keyFrame(frame, layers);
      const coded = await timed(() => predicted.code(frame, sent, { choice: { layers } }));
      const { sections } = coded.value;
      const read = await timed(() => predicted.decode(sections, sent));
      sent = coded.value.memory;
      sum.photo = [sum.photo[0] + alone.bytes, sum.photo[1] + squares(alone.picture, frame)];
      const bytes = sections.reduce((total, { length }) => total + length, 0);
      sum.film = [sum.film[0] + bytes, sum.film[1] + squares(read.value.picture, frame)];
      sum.code += coded.ms;
      sum.decode += read.ms;
      sum.frames++;
    }
  }
  const told = ([bytes, error]) =>
    `${((8 * bytes) / (sum.frames * size ** 2)).toFixed(3)} bpp ${(-10 * Math.log10(error / sum.frames / 255 ** 2)).toFixed(2)} dB`;
  const times = `code ${(sum.code / sum.frames).toFixed(0)} ms, decode ${(sum.decode / sum.frames).toFixed(0)} ms`;
  console.log(`${layers} layers: photo ${told(sum.photo)}, film ${told(sum.film)}, ${times}`);
}
await pictures.close();
await predicted.close();
corpus.close();
