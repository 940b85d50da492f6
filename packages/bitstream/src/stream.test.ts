import fc from "fast-check";
import { expect, test } from "vitest";
import {
  contentLayers,
  inParts,
  randomBytes,
  randomChunk,
  smallStream,
  speechHeader,
  writeStream,
} from "../test/streams.js";
import {
  type Chunk,
  createStreamWriter,
  layerBytes,
  parseStream,
  prefixLayers,
  readChunkAt,
  readStream,
  type SoundHeader,
  trimLayers,
  verifyStream,
} from "./index.js";

const headers: fc.Arbitrary<SoundHeader> = fc.record({
  version: fc.constant(0),
  media: fc.constant("audio"),
  model: fc.constantFrom("a@1", "speech-24k@12", "Tiny_model.v2@999999"),
  decodeHash: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  sampleRate: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  channels: fc.integer({ min: 1, max: 3 }),
  codedSampleRate: fc.integer({ min: 1, max: 192_000 }),
  length: fc.option(fc.integer({ min: 1000, max: 2 ** 48 }), { nil: undefined }),
  framesPerChunk: fc.integer({ min: 1, max: 400 }),
  layers: fc
    .array(
      fc.record({
        role: fc.constantFrom("content", "side"),
        alphabet: fc.integer({ min: 1, max: 2 ** 24 }),
        stride: fc.integer({ min: 1, max: 300 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .filter((layers) => layers.some((layer) => layer.role === "content")),
});

/** A header, with random chunks, all full but the last. */
const streams = headers.chain((header) =>
  fc.record({
    header: fc.constant(header),
    count: fc.nat(20),
    seed: fc.nat(1000),
    size: fc.nat(9),
    length: fc.nat(1000),
  }),
);

function chunksFor(header: SoundHeader, count: number, size: number, seed: number): Chunk[] {
  return Array.from({ length: count }, (_, at) => {
    const frames = at === count - 1 ? 1 + (seed % header.framesPerChunk) : header.framesPerChunk;
    return randomChunk(header, frames, size, seed + at);
  });
}

test("a stream comes back as it was written, whatever its header", () => {
  fc.assert(
    fc.property(streams, ({ header, count, seed, size, length }) => {
      const chunks = chunksFor(header, count, size, seed);
      const read = readStream(writeStream(header, chunks, length));
      expect(read).toEqual({ header, chunks, length, damage: [] });
    }),
  );
});

test("a pipe brings the same as a file, in parts of any size", async () => {
  const { bytes, header, chunks, length } = smallStream();
  for (const size of [1, 2, 7, 64, 10_000]) {
    const stream = await parseStream(inParts(bytes, size));
    expect(stream.header).toEqual(header);
    const read: Chunk[] = [];
    for await (const chunk of stream.chunks) read.push(chunk);
    expect(read).toEqual(chunks);
    expect(await stream.end()).toEqual({ length, damage: [] });
  }
});

test("the end of a pipe can be asked for without reading the chunks", async () => {
  const { bytes, length } = smallStream();
  const stream = await parseStream(inParts(bytes, 5));
  expect(await stream.end()).toEqual({ length, damage: [] });
  expect(await stream.end()).toEqual({ length, damage: [] });
});

test("a source is closed when its reader leaves early, or when it is damaged", async () => {
  const { bytes } = smallStream();
  let closed = 0;
  async function* source(part: Uint8Array) {
    try {
      for (;;) yield part;
    } finally {
      closed++;
    }
  }
  const stream = await parseStream(source(bytes.subarray(0, 200)), { recover: true });
  for await (const _ of stream.chunks) break;
  expect(closed).toBe(1);
  await expect(parseStream(source(Uint8Array.of(1)))).rejects.toMatchObject({ code: "bitstream" });
  expect(closed).toBe(2);
});

test("a length unknown at first is in the footer", () => {
  const header = speechHeader({ length: undefined });
  const read = readStream(writeStream(header, [randomChunk(header, 100, 5, 1)], 58_801));
  expect(read.header).toMatchObject({ media: "audio", length: undefined });
  expect(read.length).toBe(58_801);
});

test("an interrupted stream may be shorter than announced, never longer", () => {
  const header = speechHeader({ length: 1000 });
  expect(readStream(writeStream(header, [], 400)).length).toBe(400);
  expect(() => writeStream(header, [], 1001)).toThrow(expect.objectContaining({ code: "shape" }));
});

test("trimmed to k layers is byte for byte what is written with k layers", () => {
  fc.assert(
    fc.property(streams, ({ header, count, seed, size, length }) => {
      const chunks = chunksFor(header, count, size, seed);
      const bytes = writeStream(header, chunks, length);
      const content = header.layers.filter((layer) => layer.role === "content").length;
      for (let k = 1; k <= content; k++) {
        const keep = prefixLayers(header.layers, k);
        const fewer = { ...header, layers: header.layers.slice(0, keep) };
        const direct = writeStream(
          fewer,
          chunks.map((chunk) => ({ ...chunk, sections: chunk.sections.slice(0, keep) })),
          length,
        );
        expect(trimLayers(bytes, k)).toEqual(direct);
      }
    }),
    { numRuns: 50 },
  );
});

test("a prefix takes the side layers before its last content layer, and none behind", () => {
  const { header, bytes } = smallStream();
  expect([1, 2, 3].map((k) => prefixLayers(header.layers, k))).toEqual([1, 2, 4]);
  for (const k of [0, 4, 1.5, -1])
    expect(() => trimLayers(bytes, k)).toThrow(expect.objectContaining({ code: "option" }));
});

test("a damaged stream is not trimmed into one that looks sound", () => {
  const { bytes } = smallStream();
  bytes[150]! ^= 1;
  expect(() => trimLayers(bytes, 1)).toThrow(expect.objectContaining({ code: "bitstream" }));
});

test("layers and container together are the file", () => {
  const { chunks, bytes } = smallStream();
  const { layers, container } = layerBytes(bytes);
  expect(layers[3]).toBe(
    chunks.reduce((sum, chunk) => sum + chunk.sections[3]![0]!.length + chunk.sections[3]![1]!.length, 0),
  );
  expect(layers.reduce((sum, one) => sum + one) + container).toBe(bytes.length);
});

test.each([3, 15, 16, 40])("each of %i chunks is found alone", (count) => {
  const header = speechHeader({ framesPerChunk: 10, layers: contentLayers(2) });
  const chunks = Array.from({ length: count }, (_, at) => randomChunk(header, 10, 4, at));
  const bytes = writeStream(header, chunks, 5000);
  for (const [at, chunk] of chunks.entries()) expect(readChunkAt(bytes, at)).toEqual(chunk);
  expect(() => readChunkAt(bytes, count)).toThrow(expect.objectContaining({ code: "option" }));
  expect(() => readChunkAt(bytes.subarray(0, -1), 0)).toThrow(expect.objectContaining({ code: "bitstream" }));
});

test("the bytes of a fixed stream never change within format 0", () => {
  const header = speechHeader({
    decodeHash: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    layers: contentLayers(2),
    length: undefined,
  });
  const chunk = { frames: 3, sections: [[Uint8Array.of(10, 20)], [new Uint8Array(0)]] };
  expect(Buffer.from(writeStream(header, [chunk], 1234)).toString("hex")).toBe(
    "4e41435200000c7370656563682d32346b40310102030405060708c4d80201c0bb01f70201048008011248d004" + // header
      "430302002d00300a143ff8c518" + // chunk
      "46d209010b0000b7f57f4b", // footer
  );
});

test("another format is refused by its number", () => {
  const { bytes } = smallStream();
  bytes[4] = 3;
  expect(() => readStream(bytes)).toThrow(
    expect.objectContaining({ code: "version", message: expect.stringMatching(/format 3.*draft/) }),
  );
  expect(() => readStream(randomBytes(50, 3))).toThrow(expect.objectContaining({ code: "bitstream" }));
});

test("headers that cannot be are refused when writing", () => {
  const wrong: Partial<SoundHeader>[] = [
    { version: 1 },
    { model: "../x@1" },
    { model: "noversion" },
    { decodeHash: new Uint8Array(7) },
    { sampleRate: 0 },
    { channels: 256 },
    { length: -1 },
    { framesPerChunk: 0 },
    { layers: [] },
    { layers: [{ role: "side", alphabet: 4, stride: 1 }] },
    { layers: [{ role: "content", alphabet: 0, stride: 1 }] },
  ];
  for (const change of wrong) {
    expect(() => createStreamWriter(speechHeader(change))).toThrow(
      expect.objectContaining({ code: "option" }),
    );
  }
});

test("chunks that do not fit the header are refused when writing", () => {
  const header = speechHeader({ layers: contentLayers(2), framesPerChunk: 10 });
  const writer = createStreamWriter(header);
  writer.start();
  const good = randomChunk(header, 10, 3, 1);
  const shape = expect.objectContaining({ code: "shape" });
  expect(() => writer.chunk({ ...good, frames: 11 })).toThrow(shape);
  expect(() => writer.chunk({ ...good, frames: 0 })).toThrow(shape);
  expect(() => writer.chunk({ ...good, sections: good.sections.slice(1) })).toThrow(shape);
  writer.chunk({ ...good, frames: 9 });
  expect(() => writer.chunk(good)).toThrow(shape);
});

test("a sound stream is verified as sound", () => {
  const { bytes, header } = smallStream();
  expect(verifyStream(bytes)).toEqual({ ok: true, header, chunks: 3, damage: [] });
});
