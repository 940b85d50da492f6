import fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  film,
  filmChunk,
  filmHeader,
  inParts,
  photoHeader,
  randomChunk,
  writeFilm,
  writeStream,
} from "../test/streams.js";
import {
  type Chunk,
  createStreamWriter,
  layerBytes,
  parseStream,
  readChunkAt,
  readStream,
  readVideoIndex,
  trimLayers,
  type VideoHeader,
  verifyStream,
} from "./index.js";

// Every byte is changed and every cut is made.
vi.setConfig({ testTimeout: 20_000 });

const ratio = fc.record({
  numerator: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  denominator: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
});
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const headers: fc.Arbitrary<VideoHeader> = fc
  .record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
    rate: maybe(ratio),
    aspect: maybe(ratio),
    clock: maybe(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
    subsampling: fc.constantFrom("4:2:0" as const, "4:4:4" as const),
    siting: fc.constantFrom("centre" as const, "left" as const, "dv" as const, undefined),
    matrix: fc.constantFrom("bt601" as const, "bt709" as const),
    range: fc.constantFrom("limited" as const, "full" as const),
    length: maybe(fc.integer({ min: 60, max: 2 ** 48 })),
    sound: fc.constantFrom(undefined, filmHeader().sound, { ...filmHeader().sound!, length: 12 }),
  })
  .map((change) => filmHeader(change));

const seekable = (file: Uint8Array) => ({
  size: file.length,
  read: async (at: number, length: number) => file.slice(at, at + length),
});

async function chunksOf(bytes: Uint8Array, size: number, recover = false) {
  const stream = await parseStream(inParts(bytes, size), { recover });
  const chunks: Chunk[] = [];
  for await (const chunk of stream.chunks) chunks.push(chunk);
  return { header: stream.header, chunks, ...(await stream.end()) };
}

test("a video comes back as it was written, whatever its header, from a file and from a pipe", async () => {
  await fc.assert(
    fc.asyncProperty(
      headers,
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 99 }),
      async (header, rounds, part) => {
        const { chunks, frames, ends } = film(header, rounds);
        const bytes = writeFilm(header, rounds);
        const expected = { header, chunks, length: frames, ...ends, damage: [] };
        expect(readStream(bytes)).toEqual(expected);
        expect(await chunksOf(bytes, part)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("the index gives offset, kind, first frame and time of every chunk, and each is found alone", async () => {
  for (const clock of [undefined, 90_000]) {
    const header = filmHeader({ clock });
    const bytes = writeFilm(header, 4);
    const { chunks, ends } = film(header, 4);
    const index = await readVideoIndex(seekable(bytes));
    expect(index?.chunks.map(({ kind, number, frames, time }) => ({ kind, number, frames, time }))).toEqual(
      chunks.map(({ mark, frames }) => ({
        ...{ kind: mark!.kind, number: mark!.number, frames },
        time: mark!.kind === "sound" ? undefined : mark!.times?.[0],
      })),
    );
    expect(index).toMatchObject({ length: 24, ...ends });
    for (const [at, chunk] of chunks.entries()) {
      expect(readChunkAt(bytes, at)).toEqual(chunk);
      const tail = [index!.start, bytes.subarray(index!.chunks[at]!.at)];
      const stream = await parseStream(inParts(new Uint8Array(Buffer.concat(tail)), 50), { first: at });
      const rest: Chunk[] = [];
      for await (const each of stream.chunks) rest.push(each);
      expect(rest).toEqual(chunks.slice(at));
      expect((await stream.end()).length).toBe(24);
    }
  }
  expect(await readVideoIndex(seekable(writeFilm(filmHeader(), 1)))).toBeUndefined();
  expect(await readVideoIndex(seekable(writeFilm(filmHeader(), 4).subarray(0, -1)))).toBeUndefined();
});

test("trimmed to k layers is byte for byte what is written with k layers, and its sound stays", () => {
  const header = filmHeader({ clock: 1000 });
  const bytes = writeFilm(header, 3);
  const { chunks, frames, ends } = film(header, 3);
  for (const k of [1, 2, 3]) {
    const writer = createStreamWriter({ ...header, layers: header.layers.slice(0, k + 1) });
    const cut = (chunk: Chunk) =>
      chunk.mark!.kind === "sound" ? chunk : { ...chunk, sections: chunk.sections.slice(0, k + 1) };
    const parts = [
      writer.start(),
      ...chunks.map((chunk) => writer.chunk(cut(chunk))),
      writer.finish(frames, ends),
    ];
    expect(trimLayers(bytes, k)).toEqual(new Uint8Array(Buffer.concat(parts)));
  }
});

test("layers, sound and container together are the file, and a repeat of three frames costs 8 bytes", () => {
  const header = filmHeader();
  const bytes = writeFilm(header, 2);
  const { layers, sound, container } = layerBytes(bytes);
  const inside = (chunk: Chunk) => chunk.sections.flat().reduce((sum, { length }) => sum + length, 0);
  const heard = film(header, 2).chunks.filter(({ mark }) => mark!.kind === "sound");
  expect(sound).toBe(heard.reduce((sum, chunk) => sum + inside(chunk), 0));
  expect(layers.reduce((sum, one) => sum + one) + sound + container).toBe(bytes.length);
  const writer = createStreamWriter(header);
  writer.start();
  expect(writer.chunk(filmChunk(header, { kind: "repeat", number: 0 }, 3, 1)).length).toBe(8);
});

test("any changed byte is seen, and costs one chunk in recovery", () => {
  const header = filmHeader({ clock: 50 });
  const bytes = writeFilm(header, 3);
  const { chunks } = film(header, 3);
  const start = createStreamWriter(header).start().length;
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at]! ^= 1 + (at % 255);
    expect(() => readStream(changed), `byte ${at}`).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(bitstream|version)$/) }),
    );
    expect(verifyStream(changed).ok).toBe(false);
    if (at < start) continue;
    const read = readStream(changed, { recover: true });
    const sound = read.chunks.filter((chunk, i) => JSON.stringify(chunk) === JSON.stringify(chunks[i]));
    expect(sound.length, `byte ${at}`).toBeGreaterThanOrEqual(chunks.length - 1);
  }
});

test("a video cut anywhere is refused, and in recovery keeps the chunks before the cut", async () => {
  const header = filmHeader();
  const bytes = writeFilm(header, 2);
  const { chunks } = film(header, 2);
  for (let size = createStreamWriter(header).start().length; size < bytes.length; size++) {
    const cut = bytes.subarray(0, size);
    expect(() => readStream(cut)).toThrow(expect.objectContaining({ code: "bitstream" }));
    const read = readStream(cut, { recover: true });
    const whole = read.chunks.slice(0, -1);
    expect(whole).toEqual(chunks.slice(0, whole.length));
  }
});

test("random bytes behind a good header end in our own error", () => {
  const header = filmHeader({ clock: 7 });
  const start = createStreamWriter(header).start();
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(0x43, 0x50, 0x52, 0x54, 0x46),
      (noise, marker) => {
        const bytes = new Uint8Array([...start, marker, ...noise]);
        expect(() => readStream(bytes)).toThrow(expect.objectContaining({ code: "bitstream" }));
        readStream(bytes, { recover: true });
      },
    ),
  );
});

test("headers of videos that cannot be are refused when writing", () => {
  const wrong: Partial<VideoHeader>[] = [
    { width: 0 },
    { height: 2 ** 24 + 1 },
    { tile: 0 },
    { width: 100_000, height: 100_000 },
    { rate: { numerator: 0, denominator: 1 } },
    { rate: { numerator: 29.97, denominator: 1 } },
    { clock: 0 },
    { aspect: { numerator: 1, denominator: 2 ** 32 } },
    { sound: { ...filmHeader().sound!, channels: 0 } },
    { sound: { ...filmHeader().sound!, model: "nameless" } },
    { sound: { ...filmHeader().sound!, layers: [] } },
  ];
  for (const change of wrong) {
    expect(() => createStreamWriter(filmHeader(change)), JSON.stringify(change)).toThrow(
      expect.objectContaining({ code: "option" }),
    );
  }
});

test("chunks that no video can have are refused when writing", () => {
  const shape = expect.objectContaining({ code: "shape" });
  const header = filmHeader({ clock: 10, sound: undefined });
  const fresh = () => {
    const writer = createStreamWriter(header);
    writer.start();
    return writer;
  };
  const frame = (mark: Chunk["mark"], frames = 1) => ({ ...filmChunk(header, mark!, frames, 1), frames });
  const wrong: Chunk[] = [
    { frames: 1, sections: frame({ kind: "intra", number: 0, times: [0] }).sections },
    frame({ kind: "intra", number: 0 }),
    frame({ kind: "intra", number: 1, times: [0] }),
    frame({ kind: "intra", number: 0, times: [0, 1] }, 2),
    frame({ kind: "repeat", number: 0, times: [3, 3] }, 2),
    frame({ kind: "repeat", number: 0, times: [] }, 0),
    frame({ kind: "predicted", number: 0, times: [0], reference: 1, level: 0 }),
    { frames: 1, mark: { kind: "sound", number: 0 }, sections: [] },
  ];
  for (const [at, chunk] of wrong.entries()) expect(() => fresh().chunk(chunk), `${at}`).toThrow(shape);
  const photo = photoHeader({ width: 10, height: 10 });
  const marked = { ...randomChunk(photo, 1, 3, 1), mark: { kind: "intra" as const, number: 0 } };
  expect(() => writeStream(photo, [marked], 1)).toThrow(shape);
});
