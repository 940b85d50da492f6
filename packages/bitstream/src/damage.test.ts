import fc from "fast-check";
import { expect, test, vi } from "vitest";
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
  parseStream,
  readChunkAt,
  readStream,
  verifyStream,
} from "./index.js";

// Every bit and every cut is walked, which takes a second or two on a busy machine.
vi.setConfig({ testTimeout: 20_000 });

/** Where the pieces of smallStream begin: header, three chunks, footer. */
function places(): number[] {
  const { header, chunks, length } = smallStream();
  const writer = createStreamWriter(header);
  const sizes = [
    writer.start().length,
    ...chunks.map((chunk) => writer.chunk(chunk).length),
    writer.finish(length).length,
  ];
  return sizes.map((_, at) => sizes.slice(0, at).reduce((sum, size) => sum + size, 0));
}

/** The error of strict reading, which has to be ours. */
function refusal(bytes: Uint8Array): unknown {
  try {
    readStream(bytes);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: "NacreError", code: expect.stringMatching(/^(bitstream|version)$/) });
    return error;
  }
}

async function collect(bytes: Uint8Array, recover: boolean) {
  const stream = await parseStream(inParts(bytes, 11), { recover });
  const chunks: Chunk[] = [];
  for await (const chunk of stream.chunks) chunks.push(chunk);
  return { header: stream.header, chunks, ...(await stream.end()) };
}

test("a file cut at any byte is refused, and in recovery gives what is whole", () => {
  const { bytes, chunks } = smallStream();
  const [, first, second, third, footer] = places();
  for (let size = 0; size < bytes.length; size++) {
    const cut = bytes.subarray(0, size);
    expect(refusal(cut)).toBeDefined();
    expect(verifyStream(cut).ok).toBe(false);
    if (size < first!) continue;
    const read = readStream(cut, { recover: true });
    expect(read.damage.length).toBeGreaterThan(0);
    const whole = [second!, third!, footer!].filter((end) => end <= size).length;
    expect(read.chunks.slice(0, whole)).toEqual(chunks.slice(0, whole));
    for (const chunk of read.chunks.slice(whole)) {
      expect(chunk.sections).toEqual(chunks[whole]!.sections.slice(0, chunk.sections.length));
    }
  }
});

test("no changed bit goes unseen, and recovery never gives a layer that is not the written one", () => {
  const { bytes, chunks } = smallStream();
  const [, first] = places();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(refusal(changed), `bit ${bit}`).toBeDefined();
    expect(verifyStream(changed).ok).toBe(false);
    if (bit >> 3 < first!) continue;
    const read = readStream(changed, { recover: true });
    expect(read.chunks.length).toBeGreaterThanOrEqual(3);
    for (const [at, chunk] of chunks.entries()) {
      const found = read.chunks[at]!;
      expect(found.sections).toEqual(chunk.sections.slice(0, found.sections.length));
    }
  }
});

test("a damaged layer costs itself and those above, in its chunk only", () => {
  const { bytes, chunks, length } = smallStream();
  const [, , second, third] = places();
  // The last byte of layer 1 of the second chunk: before the check and the sections of layers 2 and 3.
  const above = chunks[1]!.sections
    .slice(2)
    .flat()
    .reduce((sum, section) => sum + section.length, 0);
  bytes[third! - 4 - above - 1]! ^= 0x40;
  expect(third).toBeGreaterThan(second!);
  const read = readStream(bytes, { recover: true });
  expect(read.chunks).toEqual([
    chunks[0],
    { frames: 20, sections: chunks[1]!.sections.slice(0, 1) },
    chunks[2],
  ]);
  expect(read.damage).toEqual([{ what: expect.any(String), chunk: 1, layer: 1 }]);
  expect(read.length).toBe(length);
});

test("a head whose short check does not agree is not believed, even when its sections fit", () => {
  const { bytes, chunks } = smallStream();
  const frames = places()[3]! + 1;
  expect(bytes[frames]).toBe(7);
  bytes[frames] = 6;
  const read = readStream(bytes, { recover: true });
  expect(read.chunks).toEqual([...chunks.slice(0, 2), { frames: 20, sections: [] }]);
});

test("a lost chunk leaves its place and its frames, and the later ones are found", () => {
  const { bytes, chunks, length } = smallStream();
  const [, , second, third] = places();
  const missing = Uint8Array.of(...bytes.subarray(0, second), ...bytes.subarray(third));
  const spoilt = bytes.slice();
  spoilt.fill(0x43, second! + 1, third! - 30);
  for (const damaged of [missing, spoilt]) {
    expect(refusal(damaged)).toBeDefined();
    const read = readStream(damaged, { recover: true });
    expect(read.chunks).toEqual([chunks[0], { frames: 20, sections: [] }, chunks[2]]);
    expect(read.damage).toContainEqual({ what: "chunk 1 is lost", chunk: 1, frames: 20 });
    expect(read.length).toBe(length);
  }
});

test("chunks that were swapped, doubled or brought from another file are seen", () => {
  const { bytes, header, chunks, length } = smallStream();
  const [, first, second, third] = places();
  const doubled = Uint8Array.of(...bytes.subarray(0, second), ...bytes.subarray(first));
  expect(refusal(doubled)).toBeDefined();
  expect(readStream(doubled, { recover: true }).chunks).toEqual(chunks);
  const swapped = Uint8Array.of(
    ...bytes.subarray(0, first),
    ...bytes.subarray(second, third),
    ...bytes.subarray(first, second),
    ...bytes.subarray(third),
  );
  expect(refusal(swapped)).toBeDefined();
  const other = writeStream({ ...header, model: "speech-24k@2" }, chunks, length);
  expect(other.length).toBe(bytes.length);
  expect(refusal(Uint8Array.of(...bytes.subarray(0, first), ...other.subarray(first)))).toBeDefined();
});

test("bytes behind the footer are refused and reported", () => {
  const { bytes, chunks } = smallStream();
  const longer = Uint8Array.of(...bytes, 0);
  expect(refusal(longer)).toBeDefined();
  expect(readStream(longer, { recover: true })).toMatchObject({
    chunks,
    damage: [{ what: "there are bytes behind the footer" }],
  });
});

test("a pipe and a file give the same of damaged bytes", async () => {
  const { bytes } = smallStream();
  const [, first] = places();
  for (let at = first!; at < bytes.length; at += 3) {
    const changed = bytes.slice();
    changed[at]! ^= 0x15;
    const read = readStream(changed, { recover: true });
    expect(await collect(changed, true)).toEqual(read);
    await expect(collect(changed, false)).rejects.toMatchObject({ name: "NacreError" });
    const cut = readStream(bytes.subarray(0, at), { recover: true });
    expect(await collect(bytes.subarray(0, at), true)).toEqual(cut);
  }
});

test("arbitrary bytes behind a sound header neither crash nor stall a reader", () => {
  const head = createStreamWriter(speechHeader({ channels: 2, framesPerChunk: 300 })).start();
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.constantFrom(0, 1, 0x43, 0x46, 0x80, 0xff), { maxLength: 300 }),
  );
  fc.assert(
    fc.property(bytes, (tail) => {
      const file = Uint8Array.of(...head, ...tail);
      expect(refusal(file)).toBeDefined();
      expect(verifyStream(file).ok).toBe(false);
      expect(() => readChunkAt(file, 0)).toThrow(expect.objectContaining({ name: "NacreError" }));
    }),
    { numRuns: 1000 },
  );
});

test("a quarter of a megabyte of markers is looked through in bounded time", () => {
  const head = createStreamWriter(speechHeader({ channels: 255, layers: contentLayers(255) })).start();
  for (const marker of [0x43, 0x46]) {
    const file = new Uint8Array(2 ** 18).fill(marker);
    file.set(head);
    const begun = performance.now();
    expect(verifyStream(file).ok).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5000);
  }
});

test("false heads that announce more than the file has cost little, and the chunks between them are found", () => {
  const header = speechHeader({ layers: contentLayers(2), framesPerChunk: 50 });
  const big = randomChunk(header, 50, 2 ** 20, 1);
  const writer = createStreamWriter(header);
  const falseHead = createStreamWriter(header);
  falseHead.start();
  const lie = falseHead.chunk(big).subarray(0, 11);
  const small = randomChunk(header, 50, 3, 2);
  const parts = [writer.start()];
  for (let at = 0; at < 4000; at++) parts.push(lie, writer.chunk(small));
  parts.push(writer.finish(5));
  const begun = performance.now();
  const read = readStream(Uint8Array.from(parts.flatMap((part) => [...part])), { recover: true });
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(read.chunks).toEqual(new Array<Chunk>(4000).fill(small));
  expect(read.length).toBe(5);
});

test("a hostile header is refused before anything is allocated for it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (tail) => {
      expect(refusal(Uint8Array.of(0x4e, 0x41, 0x43, 0x52, 0, ...tail))).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});

test("a large stream with noise inside keeps every other chunk", () => {
  const header = speechHeader({ layers: contentLayers(4), framesPerChunk: 50 });
  const chunks = Array.from({ length: 30 }, (_, at) => randomChunk(header, 50, 60, at));
  const bytes = writeStream(header, chunks, 441_000);
  bytes.set(randomBytes(400, 8), 3000);
  const read = readStream(bytes, { recover: true });
  expect(read.chunks.length).toBe(30);
  for (const [at, chunk] of read.chunks.entries()) {
    expect(chunk.sections).toEqual(chunks[at]!.sections.slice(0, chunk.sections.length));
  }
  // 400 bytes reach into three chunks of 270 at most.
  expect(read.chunks.filter((chunk) => chunk.sections.length === 4).length).toBeGreaterThanOrEqual(27);
  expect(read.length).toBe(441_000);
});
