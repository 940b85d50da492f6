import fc from "fast-check";
import { expect, test } from "vitest";
import {
  inParts,
  photoHeader,
  randomBytes,
  randomChunk,
  smallPicture,
  writeStream,
} from "../test/streams.js";
import {
  createStreamWriter,
  layerBytes,
  type PictureHeader,
  parseStream,
  readChunkAt,
  readStream,
  tileCount,
  trimLayers,
  verifyStream,
} from "./index.js";

const pictures: fc.Arbitrary<PictureHeader> = fc.record({
  version: fc.constant(0),
  media: fc.constant("image"),
  model: fc.constantFrom("a@1", "photo@12"),
  decodeHash: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 300 }),
  bitDepth: fc.constantFrom(8, 16),
  colour: fc.constantFrom("rgb", "grey"),
  alpha: fc.boolean(),
  tile: fc.constantFrom(64, 128, 512),
  layers: fc.constant(photoHeader().layers),
  attachments: fc.array(
    fc.record({ kind: fc.integer({ min: 1, max: 65_535 }), bytes: fc.uint8Array({ maxLength: 200 }) }),
    { maxLength: 4 },
  ),
});

const chunksOf = (header: PictureHeader, seed: number) =>
  Array.from({ length: tileCount(header) }, (_, at) => randomChunk(header, 1, 4, seed + at));

/** The code of the error of strict reading, which has to be ours. */
function refusal(bytes: Uint8Array): string | undefined {
  try {
    readStream(bytes);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: "NacreError", code: expect.stringMatching(/^(bitstream|version)$/) });
    return "refused";
  }
}

test("a picture comes back as it was written, attachments included, from a file and from a pipe", async () => {
  await fc.assert(
    fc.asyncProperty(pictures, fc.nat(100), async (header, seed) => {
      const chunks = chunksOf(header, seed);
      const bytes = writeStream(header, chunks, chunks.length);
      expect(readStream(bytes)).toEqual({ header, chunks, length: chunks.length, damage: [] });
      const stream = await parseStream(inParts(bytes, 13));
      expect(stream.header).toEqual(header);
      expect(await stream.end()).toEqual({ length: chunks.length, damage: [] });
      const last = chunks.length - 1;
      expect(readChunkAt(bytes, last)).toEqual(chunks[last]);
    }),
    { numRuns: 60 },
  );
});

test("trimming gives what writing with fewer layers gives, attachments kept", () => {
  const { header, chunks, length, bytes } = smallPicture();
  for (const layers of [1, 2, 3, 4]) {
    const fewer = { ...header, layers: header.layers.slice(0, layers + 1) };
    const cut = chunks.map((chunk) => ({ ...chunk, sections: chunk.sections.slice(0, layers + 1) }));
    expect(trimLayers(bytes, layers)).toEqual(writeStream(fewer, cut, length));
  }
});

test("a changed bit in any byte is seen, and costs no more than its tile or its attachment", () => {
  const { header, chunks, bytes } = smallPicture();
  const opening = createStreamWriter({ ...header, attachments: [] }).start().length;
  for (let bit = 0; bit < bytes.length * 8; bit += 7) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(refusal(changed), `bit ${bit}`).toBe("refused");
    expect(verifyStream(changed).ok).toBe(false);
    if (bit >> 3 < opening) continue;
    const read = readStream(changed, { recover: true });
    const whole = read.chunks.filter(
      ({ sections }, at) => JSON.stringify(sections) === JSON.stringify(chunks[at]?.sections),
    ).length;
    const attached = (read.header as PictureHeader).attachments;
    for (const each of attached) expect(header.attachments).toContainEqual(each);
    const lost = chunks.length - whole + (header.attachments.length - attached.length);
    // A damaged length of the first attachment hides where the second begins.
    expect(lost, `bit ${bit}`).toBeLessThanOrEqual(2);
    expect(whole, `bit ${bit}`).toBeGreaterThanOrEqual(chunks.length - 1);
  }
});

test("a picture that is cut anywhere is refused, and keeps the tiles before the cut", () => {
  const { chunks, bytes } = smallPicture();
  for (let size = 0; size < bytes.length; size++) {
    expect(refusal(bytes.subarray(0, size))).toBe("refused");
    if (size < 140) continue;
    const read = readStream(bytes.subarray(0, size), { recover: true });
    for (const [at, chunk] of read.chunks.entries()) {
      expect(chunk.sections).toEqual(chunks[at]!.sections.slice(0, chunk.sections.length));
    }
  }
});

test("an attachment of another picture, moved or left out is seen", () => {
  const { header, chunks, length } = smallPicture();
  const [first, second] = header.attachments as [
    PictureHeader["attachments"][0],
    PictureHeader["attachments"][0],
  ];
  const bare = createStreamWriter({ ...header, attachments: [] }).start().length;
  const whole = createStreamWriter(header).start();
  const middle = createStreamWriter({ ...header, attachments: [first] }).start().length;
  const rest = writeStream(header, chunks, length).subarray(whole.length);
  const parts = { one: whole.subarray(bare, middle), two: whole.subarray(middle) };
  expect(second.bytes.length).toBeLessThan(parts.two.length);
  for (const changed of [[parts.two, parts.one], [parts.one], [parts.one, parts.one], [parts.two]]) {
    const file = Uint8Array.from([whole.subarray(0, bare), ...changed, rest].flatMap((part) => [...part]));
    expect(refusal(file)).toBe("refused");
  }
});

test("headers with sizes out of range are refused before anything is allocated", () => {
  const wrong: Partial<PictureHeader>[] = [
    { width: 0 },
    { height: 2 ** 24 + 1 },
    { tile: 0 },
    { tile: 65_537 },
    { width: 2 ** 24, height: 2 ** 24, tile: 64 },
    { alpha: true, layers: photoHeader().layers.slice(1) },
    { attachments: Array.from({ length: 17 }, () => ({ kind: 1, bytes: new Uint8Array(0) })) },
    { attachments: [{ kind: 0, bytes: new Uint8Array(0) }] },
    { attachments: [{ kind: 1, bytes: new Uint8Array(2 ** 24 + 1) }] },
  ];
  for (const change of wrong) {
    expect(() => createStreamWriter(photoHeader(change))).toThrow(
      expect.objectContaining({ code: "option" }),
    );
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (tail) => {
      expect(refusal(Uint8Array.of(0x4e, 0x41, 0x43, 0x52, 0, 1, ...tail))).toBe("refused");
    }),
    { numRuns: 1000 },
  );
});

test("an attachment that announces more than the file has waits for no more than that", () => {
  const header = photoHeader({ attachments: [{ kind: 1, bytes: randomBytes(2 ** 20, 1) }] });
  const opening = createStreamWriter(header).start();
  const bare = createStreamWriter({ ...header, attachments: [] }).start().length;
  const cut = opening.subarray(0, bare + 100);
  expect(refusal(cut)).toBe("refused");
  expect((readStream(cut, { recover: true }).header as PictureHeader).attachments).toEqual([]);
});

test("a photograph of 768 x 512 pixels spends at most 104 bytes on the container, in two tiles", () => {
  const header = photoHeader();
  const chunks = [0, 1].map((at) => randomChunk(header, 1, 1000, at));
  const { layers, container } = layerBytes(writeStream(header, chunks, 2));
  expect(layers.length).toBe(5);
  expect(container).toBeLessThanOrEqual(104);
});
