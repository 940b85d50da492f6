import { expect, test } from "vitest";
import {
  guardedPicture,
  inParts,
  photoHeader,
  smallStream,
  speechHeader,
  writeStream,
} from "../test/streams.js";
import {
  type Chunk,
  createStreamWriter,
  layerBytes,
  parseStream,
  pictureTiles,
  readChunkAt,
  readStream,
  trimLayers,
  verifyStream,
} from "./index.js";

test("tiles stored otherwise come back as they were written, from a file, a pipe, and alone", async () => {
  const { header, chunks, length, bytes } = guardedPicture();
  expect(readStream(bytes)).toEqual({ header, chunks, length, damage: [] });
  const stream = await parseStream(inParts(bytes, 9));
  const read: Chunk[] = [];
  for await (const chunk of stream.chunks) read.push(chunk);
  expect(read).toEqual(chunks);
  for (const [at, chunk] of chunks.entries()) expect(readChunkAt(bytes, at)).toEqual(chunk);
  expect(verifyStream(bytes).ok).toBe(true);
});

test("a stored tile of few bytes costs nine of container, eleven with alpha, never more than layers", () => {
  const header = photoHeader({ width: 64, height: 64, tile: 64 });
  const chunk = { frames: 1, sections: [[new Uint8Array(100)]], stored: 2 };
  const empty = { frames: 1, sections: header.layers.map(() => [new Uint8Array(0)]) };
  const size = (one: Chunk, of = header) => {
    const writer = createStreamWriter(of);
    writer.start();
    return writer.chunk(one).length;
  };
  expect(size(chunk)).toBe(109);
  expect(size(empty)).toBe(7 + 2 * header.layers.length);
  const { header: clear, chunks } = guardedPicture();
  expect(size(chunks[1]!, clear)).toBe(4 + 21 + 11);
});

test("trimming leaves a stored tile whole, and takes layers from the others", () => {
  const { header, chunks, length, bytes } = guardedPicture();
  for (const layers of [1, 2, 3, 4]) {
    const keep = layers + 2;
    const cut = chunks.map((chunk) =>
      chunk.stored ? chunk : { ...chunk, sections: chunk.sections.slice(0, keep) },
    );
    const fewer = { ...header, layers: header.layers.slice(0, keep) };
    expect(trimLayers(bytes, layers)).toEqual(writeStream(fewer, cut, length));
  }
});

test("every tile is listed with its coding and bytes, and what is stored is counted by itself", () => {
  const { header, chunks, bytes } = guardedPicture();
  const tiles = pictureTiles(bytes);
  expect(tiles.map(({ kind }) => kind)).toEqual([
    "network",
    "lossy",
    "network",
    "network",
    "network",
    "lossless",
  ]);
  expect(tiles.map(({ row, column }) => [row, column])).toEqual(
    [0, 1].flatMap((row) => [0, 1, 2].map((column) => [row, column])),
  );
  const [start, end] = [createStreamWriter(header).start().length, writeStream(header, [], 0).length];
  expect(bytes.length).toBe(tiles.reduce((sum, tile) => sum + tile.bytes, end));
  expect(end).toBeGreaterThan(start);
  const { layers, stored, container } = layerBytes(bytes);
  expect(stored).toBe(chunks[1]!.sections[1]![0]!.length + chunks[5]!.sections[1]![0]!.length);
  expect(layers[0]).toBe(6 * 4);
  expect(layers.reduce((sum, one) => sum + one, stored + container)).toBe(bytes.length);
  const unnamed = writeStream(header, [{ ...chunks[1]!, stored: 9 }], 1);
  expect(pictureTiles(unnamed)[0]!.kind).toBe("unknown");
  expect(() => pictureTiles(smallStream().bytes)).toThrow(expect.objectContaining({ code: "bitstream" }));
});

test("a changed bit in any byte is seen and costs its tile alone; alpha outlives a damaged tile", () => {
  const { header, chunks, bytes } = guardedPicture();
  const opening = createStreamWriter(header).start().length;
  for (let bit = opening * 8; bit < bytes.length * 8; bit += 5) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => readStream(changed), `bit ${bit}`).toThrow(expect.objectContaining({ code: "bitstream" }));
    const read = readStream(changed, { recover: true });
    const whole = read.chunks.filter((chunk, at) => JSON.stringify(chunk) === JSON.stringify(chunks[at]));
    expect(whole.length, `bit ${bit}`).toBeGreaterThanOrEqual(chunks.length - 1);
  }
  const second = bytes.slice();
  const writer = createStreamWriter(header);
  const at = [writer.start(), writer.chunk(chunks[0]!), writer.chunk(chunks[1]!)]
    .map(({ length }) => length)
    .reduce((sum, one) => sum + one);
  second[at - 6]! ^= 1;
  expect(readStream(second, { recover: true }).chunks[1]).toEqual({
    ...chunks[1]!,
    sections: chunks[1]!.sections.slice(0, 1),
  });
});

test("a file cut anywhere keeps the tiles before the cut", () => {
  const { header, chunks, bytes } = guardedPicture();
  for (let size = createStreamWriter(header).start().length; size < bytes.length; size++) {
    const read = readStream(bytes.subarray(0, size), { recover: true });
    for (const [at, { sections }] of read.chunks.entries()) {
      expect(sections).toEqual(chunks[at]!.sections.slice(0, sections.length));
    }
  }
});

test("sound has no stored tiles, and kinds are 1 to 255", () => {
  const shape = expect.objectContaining({ code: "shape" });
  const writer = createStreamWriter(speechHeader());
  writer.start();
  const chunk = { frames: 1, sections: [[new Uint8Array(3)]] };
  expect(() => writer.chunk({ ...chunk, stored: 1 })).toThrow(shape);
  for (const stored of [0, 256, 1.5]) {
    expect(() => writeStream(photoHeader(), [{ ...chunk, stored }], 1)).toThrow(shape);
  }
  const two = { ...chunk, stored: 1, sections: [...chunk.sections, ...chunk.sections] };
  expect(() => writeStream(photoHeader(), [two], 1)).toThrow(shape);
});
