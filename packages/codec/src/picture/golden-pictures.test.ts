import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { scalarProduct, simdProduct } from "@nacre/entropy";
import { createRuntime } from "@nacre/runtime/node";
import type { Picture } from "@nacre/signal";
import { afterAll, describe, expect, test } from "vitest";
import { readNpy } from "../../test/npy.js";
import {
  decodeWhole,
  encodePicture,
  openTinyPicture,
  psnr,
  scene,
  tinyPictureFolder,
  tinyPictureTraining,
} from "../../test/tiny-picture.js";
import { buildPictureModel, modelText, pictureFileCodes, writeNpy } from "../index.js";
import { modelFiles } from "../node/index.js";

// The frozen model and the files that it wrote once. NACRE_GOLDEN=write-pictures makes all of them anew: only
// beside a new format.
const writing = process.env.NACRE_GOLDEN === "write-pictures";
if (writing) {
  const scenes = Array.from({ length: 12 }, (_, at) => scene(256, 256, 100 + at));
  const built = await buildPictureModel(tinyPictureTraining(7), scenes, createRuntime({ worker: false }));
  mkdirSync(tinyPictureFolder, { recursive: true });
  writeFileSync(`${tinyPictureFolder}/${modelFiles.config}`, modelText(built));
  writeFileSync(`${tinyPictureFolder}/${modelFiles.weights}`, built.weights);
  writeFileSync(`${tinyPictureFolder}/${modelFiles.tables}`, built.tables);
}

const codec = await openTinyPicture();
afterAll(() => codec.close());
const pictures: Record<"scene" | "stamp", { picture: Picture; layers: number }> = {
  // Three by two tiles, none of them whole at the right and lower border.
  scene: { picture: scene(300, 200, 3), layers: 3 },
  stamp: { picture: { ...scene(37, 21, 4), density: 300 }, layers: 2 },
};
const names = ["scene", "stamp"] as const;
/** Largest difference of a decoded sample between machines, in steps of 255: values near a half round either way. */
const tolerance = 1;

const at = (name: string) => new URL(`../../test/golden/${name}`, import.meta.url);
const stored = (name: string) => new Uint8Array(readFileSync(at(name)));

/** Codes of a file, all layers behind each other. */
function allCodes(file: Uint8Array, product = scalarProduct): Int32Array {
  const layers = pictureFileCodes(codec.model, file, { product });
  return Int32Array.from(layers.flatMap(({ data }) => [...data]));
}

/** The first colour of the decoded picture. */
async function red(file: Uint8Array, opened = codec): Promise<Int32Array> {
  return Int32Array.from((await decodeWhole(opened, file)).planes[0]!);
}

if (writing) {
  for (const name of names) {
    const { picture, layers } = pictures[name];
    const file = await encodePicture(codec, picture, { layers });
    writeFileSync(at(`${name}.nacre`), file);
    const codes = allCodes(file);
    writeFileSync(at(`${name}.codes.npy`), writeNpy({ shape: [codes.length], data: codes }));
    const seen = (await red(file)).subarray(0, 4096);
    writeFileSync(at(`${name}.red.npy`), writeNpy({ shape: [seen.length], data: seen.slice() }));
  }
}

describe.each(names)("the golden picture %s", (name) => {
  const file = stored(`${name}.nacre`);
  const { picture, layers } = pictures[name];

  test("has the stored codes with every kernel of the context", () => {
    const expected = readNpy(stored(`${name}.codes.npy`)).data;
    const simd = simdProduct();
    expect(simd).toBeDefined();
    for (const product of [scalarProduct, simd!]) expect(allCodes(file, product)).toEqual(expected);
  });

  test("decodes to the stored samples, on one thread and on several", async () => {
    const expected = readNpy(stored(`${name}.red.npy`)).data as Int32Array;
    expect(new Set(expected).size).toBeGreaterThan(10);
    const other = await openTinyPicture(3);
    for (const opened of [codec, other]) {
      const found = await red(file, opened);
      for (const [n, value] of expected.entries()) {
        expect(Math.abs(value - found[n]!)).toBeLessThanOrEqual(tolerance);
      }
    }
    await other.close();
  });

  test("is what encoding gives here, but for 0.1 percent of the codes", async () => {
    const codes = allCodes(await encodePicture(codec, picture, { layers }));
    const expected = allCodes(file);
    expect(codes.length).toBe(expected.length);
    const changed = codes.filter((code, n) => code !== expected[n]).length;
    expect(changed / codes.length).toBeLessThanOrEqual(0.001);
  });
});

test("codes of the golden scene are spread, and each layer makes the picture better", async () => {
  const { picture } = pictures.scene;
  const file = stored("scene.nacre");
  for (const { data } of pictureFileCodes(codec.model, file))
    expect(new Set(data).size).toBeGreaterThanOrEqual(5);
  const found: number[] = [];
  for (const layers of [1, 2, 3]) found.push(psnr(picture, await decodeWhole(codec, file, { layers })));
  expect(found[0]).toBeGreaterThan(20);
  expect(found[1]).toBeGreaterThan(found[0]! + 0.5);
  expect(found[2]).toBeGreaterThan(found[1]!);
});
