import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModel, modelText } from "@nacre/codec";
import { modelFiles, readModel } from "@nacre/codec/node";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Audio, type Nacre, open } from "./index.js";

// A model whose codes are several per frame and layer goes through every verb as one of vectors does.
const tinyFolder = fileURLToPath(new URL("../../codec/test/tiny-model", import.meta.url));
const wave = Float32Array.from({ length: 12_000 }, (_, i) => 0.3 * Math.sin(i / 20) * Math.sin(i / 3000));
const sound: Audio = { sampleRate: 24_000, channels: [wave, wave.map((x) => -x / 2)] };
let folder: string;
let nacre: Nacre;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacre-scalars-"));
  const { config, parameters } = await readModel(tinyFolder);
  const { encoder, decoder } = config;
  const built = await buildModel(
    {
      ...{ name: "scalars", version: 1, description: "", licence: "none", provenance: {} },
      ...{ framesPerChunk: 75, encoder, decoder, parameters },
      quantizer: {
        ...{ kind: "residual-finite-scalar", version: 1, variant: "equal-cells", convention: "levels" },
        layers: 3,
        levels: [5, 3, 7, 2, 3, 3, 5, 9],
      },
    },
    [wave],
    createRuntime({ worker: false }),
  );
  await writeFile(join(folder, modelFiles.config), modelText(built));
  await writeFile(join(folder, modelFiles.weights), built.weights);
  await writeFile(join(folder, modelFiles.tables), built.tables);
  nacre = await open(folder, { threads: 1 });
});
afterAll(async () => {
  await nacre?.close();
  await rm(folder, { recursive: true });
});

test("is told of: its layers, what a layer can say, and its alphabets", () => {
  const alphabets = [5, 3, 7, 2, 3, 3, 5, 9];
  expect(nacre.model).toMatchObject({ layers: 3, entries: 85_050, alphabets });
});

test("encodes and decodes", async () => {
  const decoded = await nacre.decode(await nacre.encode(sound));
  expect(decoded.channels.map(({ length }) => length)).toEqual([12_000, 12_000]);
  expect(decoded.channels.every((channel) => channel.every(Number.isFinite))).toBe(true);
});

test("is inspected: every layer explains more of the latent that its codes stand for", async () => {
  const { layers } = await nacre.layers(sound);
  expect(layers).toHaveLength(3);
  const explained = layers.map(({ energyExplained }) => energyExplained!);
  expect(explained[0]).toBeLessThan(explained[1]!);
  expect(explained[1]).toBeLessThan(explained[2]!);
  expect(explained[2]).toBeGreaterThan(0.9);
  expect(explained[2]).toBeLessThanOrEqual(1);
});
