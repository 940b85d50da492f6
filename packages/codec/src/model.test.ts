import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTables, serializeTables, uniformTable } from "@nacre/entropy";
import type { Runtime } from "@nacre/runtime";
import { createRuntime } from "@nacre/runtime/node";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf, hum, tinyFiles, tinyFolder } from "../test/tiny.js";
import {
  buildModel,
  createCodec,
  loadModel,
  type ModelConfig,
  type ModelFiles,
  modelText,
  readSafetensors,
  writeSafetensors,
} from "./index.js";
import { readModel } from "./node/index.js";

const files = await tinyFiles();
const config = files.config as ModelConfig;
const { tensors } = readSafetensors(files.weights);
const refusal = (change: Partial<ModelFiles>) => codeOf(() => loadModel({ ...files, ...change }));
const withConfig = (change: Record<string, unknown>) => refusal({ config: { ...config, ...change } });

test("the frozen model loads, and keeps its decode hash and graphs", async () => {
  const model = await readModel(tinyFolder);
  expect([model.id, model.config.decodeHash]).toEqual(["tiny@1", "75510032dfb64506"]);
  expect([model.sampleRate, model.hop, model.quantizer.layers]).toEqual([24_000, 320, 4]);
});

test("building it again out of its own weights gives the same weights, silence and graphs", async () => {
  const { encoder, decoder, quantizer, framesPerChunk } = config;
  const parameters = Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array]),
  );
  const label = { name: "again", version: 3, description: "", licence: "CC0-1.0", provenance: null };
  const built = await buildModel(
    {
      ...label,
      framesPerChunk,
      encoder,
      decoder,
      quantizer,
      parameters,
    },
    [hum(30_000)],
    createRuntime({ worker: false }),
  );
  expect(built.weights).toEqual(files.weights);
  expect(built.config).toMatchObject({ silence: config.silence, graphs: config.graphs });
  // Tables of other sounds: another meaning of bytes, so another hash.
  expect(built.config.decodeHash).not.toBe(config.decodeHash);
  const loaded = await loadModel({ ...built, config: JSON.parse(modelText(built)) });
  expect(loaded.id).toBe("again@3");
});

test.each(["model.json", "weights.safetensors", "tables.bin"])(
  "a folder without %s is refused",
  async (missing) => {
    const folder = await mkdtemp(join(tmpdir(), "nacre-model-"));
    try {
      const parts = {
        "model.json": JSON.stringify(config),
        "weights.safetensors": files.weights,
        "tables.bin": files.tables,
      };
      for (const [name, data] of Object.entries(parts))
        if (name !== missing) await writeFile(join(folder, name), data);
      expect(await codeOf(() => readModel(folder))).toBe("model");
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test("a model.json that is not JSON is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nacre-model-"));
  try {
    for (const text of ["", "{", "\u0000\u0001", "[1, 2", "null", "[]", '"tiny"', "{}"]) {
      await writeFile(join(folder, "model.json"), text);
      await writeFile(join(folder, "weights.safetensors"), files.weights);
      await writeFile(join(folder, "tables.bin"), files.tables);
      expect(await codeOf(() => readModel(folder)), text).toBe("model");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each<Record<string, unknown>>([
  { format: "nacre.model/9" },
  { name: "../../etc" },
  { version: 0 },
  { medium: "smell" },
  { framesPerChunk: 1e9 },
  { silence: [1, 2] },
  { silence: [99, 0, 0, 0] },
  { silence: [-1, 0, 0, 0] },
  { decodeHash: "0000000000000000" },
  { decodeHash: "tiny" },
  { quantizer: { ...config.quantizer, kind: "unheard-of" } },
  { quantizer: { ...config.quantizer, layers: 1e9 } },
  { quantizer: { ...config.quantizer, layers: 5 } },
  { quantizer: { ...config.quantizer, entries: 64 } },
  { quantizer: { ...config.quantizer, dimension: 16 } },
  { encoder: { ...config.encoder, architecture: "nobody" } },
  { encoder: { ...config.encoder, config: { ...(config.encoder.config as object), dim: 4096, blocks: 64 } } },
  { encoder: { ...config.encoder, config: { ...(config.encoder.config as object), dim: 32 } } },
  { encoder: { ...config.encoder, config: { ...(config.encoder.config as object), sampleRate: 16_000 } } },
  { decoder: { ...config.decoder, config: { ...(config.decoder.config as object), hop: 480 } } },
  { decoder: { ...config.decoder, config: null } },
  { graphs: undefined },
])("a model.json with %j is refused", async (change) => {
  expect(await withConfig(change)).toBe("model");
});

test("networks of another version, or that this release computes otherwise, are refused as version", async () => {
  expect(await withConfig({ encoder: { ...config.encoder, version: 99 } })).toBe("version");
  for (const side of ["encoder", "decoder"]) {
    expect(await withConfig({ graphs: { ...config.graphs, [side]: "0".repeat(64) } })).toBe("version");
  }
});

test("weights that are cut, missing, of another shape or not finite are refused", async () => {
  const changed = (name: string, tensor: (typeof tensors)[string] | undefined) => {
    const { [name]: old, ...rest } = tensors;
    expect(old).toBeDefined();
    return refusal({ weights: writeSafetensors({ ...rest, ...(tensor ? { [name]: tensor } : {}) }) });
  };
  for (const name of ["encoder.head.weight", "decoder.head.bias", "quantizer.codebooks"]) {
    const { shape, data } = tensors[name]!;
    expect(await changed(name, undefined)).toBe("model");
    expect(await changed(name, { shape: [1, ...shape], data })).toBe("model");
    expect(await changed(name, { shape, data: new Int32Array(data.length) })).toBe("model");
    for (const value of [Number.POSITIVE_INFINITY, Number.NaN]) {
      const broken = (data as Float32Array).slice();
      broken[broken.length - 1] = value;
      expect(await changed(name, { shape, data: broken })).toBe("model");
    }
  }
  for (const size of [0, 7, 8, 100, files.weights.length - 1]) {
    expect(await refusal({ weights: files.weights.slice(0, size) })).toBe("model");
  }
});

test("one changed weight of the decoder is another model; of the encoder it is not", async () => {
  const nudged = (name: string) => {
    const data = (tensors[name]!.data as Float32Array).slice();
    data[0]! += 0.25;
    return refusal({ weights: writeSafetensors({ ...tensors, [name]: { ...tensors[name]!, data } }) });
  };
  expect(await nudged("decoder.head.weight")).toBe("model");
  expect(await nudged("quantizer.codebooks")).toBe("model");
  expect(await nudged("encoder.head.weight")).toBe("accepted");
});

test("tables that are damaged or of other sizes are refused", async () => {
  const tables = parseTables(files.tables);
  expect(await refusal({ tables: files.tables.slice(0, -1) })).toBe("model");
  expect(await refusal({ tables: new Uint8Array(0) })).toBe("model");
  expect(await refusal({ tables: serializeTables(tables.slice(1)) })).toBe("model");
  expect(await refusal({ tables: serializeTables([uniformTable(33), ...tables.slice(1)]) })).toBe("model");
  expect(await refusal({ tables: serializeTables([uniformTable(32), ...tables.slice(1)]) })).toBe("model");
});

test("any changed byte of weights or tables is refused, or changes no more than the encoder", async () => {
  const part = fc.constantFrom("weights" as const, "tables" as const);
  await fc.assert(
    fc.asyncProperty(part, fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, change) => {
      const bytes = files[name].slice();
      bytes[at % bytes.length]! ^= change;
      expect(["model", "accepted"]).toContain(await refusal({ [name]: bytes }));
      if (name === "tables") expect(await refusal({ tables: bytes })).toBe("model");
    }),
    { seed: 7, numRuns: 40 },
  );
}, 30_000);

test("two networks are opened, however many prefixes are decoded, and both are closed", async () => {
  let open = 0;
  let opened = 0;
  const engine = createRuntime({ worker: false });
  const runtime: Runtime = {
    name: "counting",
    async open(...given) {
      const session = await engine.open(...given);
      open++;
      opened++;
      return { ...session, close: () => session.close().then(() => void open--) };
    },
  };
  const codec = await createCodec(await loadModel(files), runtime, { threads: 1 });
  const codes = (await codec.codes(hum(1000))).map(({ data }) => data);
  for (const layers of [1, 2, 3, 4]) await codec.synthesize(codes.slice(0, layers), 1000);
  expect([open, opened]).toEqual([2, 2]);
  await codec.close();
  expect(open).toBe(0);
});

test("a codec may be closed unused, and before its networks have been opened", async () => {
  const codec = await createCodec(await loadModel(files), createRuntime({ worker: false }));
  await codec.close();
  await codec.close();
});
