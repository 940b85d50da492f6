import {
  createStreamWriter,
  readStream,
  type SoundHeader,
  soundHeader,
  verifyStream,
} from "@nacre/bitstream";
import { isNacreError } from "@nacre/errors";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  chunk,
  codeOf,
  decodeAll,
  encodeAll,
  hop,
  hum,
  joinBytes,
  openTiny,
  rate,
  sameSound,
} from "../test/tiny.js";
import { fileCodes } from "./index.js";

const codec = await openTiny();
afterAll(() => codec.close());
const length = 3 * chunk + 1234;
const file = await encodeAll(codec, [hum(length, 1), hum(length, 2)]);
const intact = (await decodeAll(codec, file)).channels;
const { header: read, chunks } = readStream(file);
const header = soundHeader(read);
const runs = { seed: 20_261_124, numRuns: 40 };

/** Where each chunk begins in the file, and the footer. */
const starts = (() => {
  const writer = createStreamWriter(header);
  const found = [writer.start().length];
  for (const each of chunks) found.push(found.at(-1)! + writer.chunk(each).length);
  return found;
})();

type Damage = (bytes: Uint8Array) => Uint8Array;
const place = fc.nat({ max: file.length - 1 });
const flip = fc.tuple(place, fc.nat({ max: 7 })).map(
  ([at, bit]): Damage =>
    (bytes) => {
      const copy = bytes.slice();
      copy[at % copy.length]! ^= 1 << bit;
      return copy;
    },
);
const cut = place.map(
  (at): Damage =>
    (bytes) =>
      bytes.slice(0, at % bytes.length),
);
const insert = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 9 })).map(([at, extra]): Damage => {
  return (bytes) => Uint8Array.from([...bytes.subarray(0, at), ...extra, ...bytes.subarray(at)]);
});
const remove = fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([at, count]): Damage => {
  return (bytes) => Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)]);
});
const damages = fc.array(fc.oneof(flip, insert, remove, cut), { minLength: 1, maxLength: 4 });
const damagedFiles = damages.map((all) =>
  all.reduce((bytes, damage) => (bytes.length > 0 ? damage(bytes) : bytes), file),
);

test("a damaged file is refused with a code of its own kind, or was not changed", async () => {
  await fc.assert(
    fc.asyncProperty(damagedFiles, async (bytes) => {
      const code = await codeOf(() => decodeAll(codec, bytes));
      const same = Buffer.compare(bytes, file) === 0;
      expect(same ? ["accepted"] : ["bitstream", "version", "model"]).toContain(code);
      if (!same) expect(await codeOf(() => fileCodes(codec.model, bytes))).not.toBe("accepted");
    }),
    runs,
  );
}, 30_000);

test("with recover a damaged file gives finite sound, no longer than what was there", async () => {
  await fc.assert(
    fc.asyncProperty(damagedFiles, fc.integer({ min: 1, max: 4 }), async (bytes, layers) => {
      const found = await decodeAll(codec, bytes, { recover: true, layers }).catch((error) => {
        if (!isNacreError(error)) throw error;
        return undefined;
      });
      // Only a header that cannot be read may still be refused.
      if (!found) {
        expect(verifyStream(bytes).header?.model).not.toBe(header.model);
        return;
      }
      for (const samples of found.channels) expect(samples.every(Number.isFinite)).toBe(true);
      expect(found.channels[0]!.length).toBeLessThanOrEqual(length + 5 * chunk);
      if (found.length !== undefined)
        expect(found.channels.map((each) => each.length)).toEqual([length, length]);
    }),
    runs,
  );
}, 30_000);

test("damage inside a chunk keeps the length, and the sound of the other chunks to the last bit", async () => {
  const { past, future } = codec.model.decoder.network.describe(codec.model.decoder.config).receptiveField;
  const inChunk = fc.nat({ max: 2 }).chain((number) =>
    fc.record({
      number: fc.constant(number),
      at: fc.integer({ min: starts[number]!, max: starts[number + 1]! - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(inChunk, async ({ number, at, bytes }) => {
      const damaged = file.slice();
      damaged.set(bytes.subarray(0, starts[number + 1]! - at), at);
      const { channels, length: stated } = await decodeAll(codec, damaged, { recover: true });
      expect(stated).toBe(length);
      for (const [channel, samples] of channels.entries()) {
        expect(samples.length).toBe(length);
        const before = number * chunk - future * hop;
        const after = (number + 1) * chunk + past * hop;
        for (const [from, to] of [
          [0, Math.max(0, before)],
          [after, length],
        ]) {
          expect(sameSound([samples.subarray(from, to)], [intact[channel]!.subarray(from, to)])).toBe(true);
        }
      }
    }),
    runs,
  );
}, 30_000);

test("where an upper layer of a chunk is damaged the layers below it are heard, as in a trimmed file", async () => {
  const sections = chunks[1]!.sections.map((layer) => layer.map((section) => section.length));
  // The last layer's second channel ends before the chunk's check.
  const at = starts[2]! - 4 - Math.ceil(sections[3]![1]! / 2);
  const damaged = file.slice();
  damaged[at]! ^= 0xff;
  const [found, three] = await Promise.all([
    decodeAll(codec, damaged, { recover: true }),
    decodeAll(codec, file, { layers: 3 }),
  ]);
  const inside = [chunk + 12 * hop, 2 * chunk - 5 * hop] as const;
  expect(
    sameSound(
      found.channels.map((each) => each.subarray(...inside)),
      three.channels.map((each) => each.subarray(...inside)),
    ),
  ).toBe(true);
});

test("a section that no coder wrote, under checks that agree, is refused, and left out with recover", async () => {
  const writer = createStreamWriter(header);
  const start = writer.start();
  const parts = chunks.map(({ frames, sections }, number) => {
    const forged = sections.map((layer, index) =>
      number === 1 && index === 3 ? [Uint8Array.of(9), layer[1]!] : layer,
    );
    return writer.chunk({ frames, sections: forged });
  });
  const bytes = joinBytes([start, ...parts, writer.finish(length)]);
  expect(await codeOf(() => decodeAll(codec, bytes))).toBe("bitstream");
  expect(await codeOf(() => decodeAll(codec, bytes, { layers: 3 }))).toBe("accepted");
  const [found, three] = await Promise.all([
    decodeAll(codec, bytes, { recover: true }),
    decodeAll(codec, file, { layers: 3 }),
  ]);
  const inside = [chunk + 12 * hop, 2 * chunk - 5 * hop] as const;
  const part = (samples: Float32Array) => [samples.subarray(...inside)];
  expect(sameSound(part(found.channels[0]!), part(three.channels[0]!))).toBe(true);
  expect(sameSound(part(found.channels[1]!), part(intact[1]!))).toBe(true);
});

test("a file that lost its end gives what is there with recover, and does not claim its length", async () => {
  for (const size of [starts[2]!, starts[2]! + 30, starts[3]! + 10, starts[4]!, file.length - 1]) {
    const bytes = file.slice(0, size);
    expect(await codeOf(() => decodeAll(codec, bytes))).toBe("bitstream");
    const { channels, length: stated } = await decodeAll(codec, bytes, { recover: true });
    expect(channels[0]!.length).toBeGreaterThanOrEqual(2 * chunk);
    if (size < starts[4]!) expect(stated).toBeUndefined();
    else expect([stated, channels[0]!.length]).toEqual([length, length]);
  }
});

describe("a header that lies", () => {
  /** The file's chunks under a changed header, with checks that agree. */
  function under(change: Partial<SoundHeader>, finalLength = length): Uint8Array {
    const writer = createStreamWriter({ ...header, ...change });
    const fitting = change.framesPerChunk ? chunks.slice(0, 1) : chunks;
    return joinBytes([
      writer.start(),
      ...fitting.map((each) => writer.chunk(each)),
      writer.finish(finalLength),
    ]);
  }

  test.each([
    ["a length of 2^48 samples", { length: 2 ** 48 }, 2 ** 48],
    ["a length of one sample", { length: undefined }, 1],
    ["no samples", { length: undefined }, 0],
    ["a second more", { length: undefined }, length + rate],
  ] as const)(
    "about its length (%s) is refused as bitstream, and bounded with recover",
    async (_, change, claimed) => {
      const bytes = under(change, claimed);
      expect(await codeOf(() => decodeAll(codec, bytes))).toBe("bitstream");
      const { channels, length: stated } = await decodeAll(codec, bytes, { recover: true });
      expect(stated).toBeUndefined();
      expect(channels[0]!.length).toBe(chunks.reduce((sum, each) => sum + each.frames, 0) * hop);
    },
  );

  test.each([
    ["another model", { model: "other@1" }, "model"],
    ["another version of the model", { model: "tiny@2" }, "model"],
    ["another decode hash", { decodeHash: new Uint8Array(8) }, "model"],
    ["another rate of the model", { codedSampleRate: 48_000 }, "model"],
    ["longer chunks", { framesPerChunk: 2 ** 24 }, "model"],
    ["four billion hertz", { sampleRate: 2 ** 32 - 1, length: undefined }, "bitstream"],
    ["another alphabet", { layers: header.layers.map((layer) => ({ ...layer, alphabet: 64 })) }, "model"],
    ["another stride", { layers: header.layers.map((layer) => ({ ...layer, stride: 2 })) }, "model"],
  ] as const)("about %s is refused", async (_, change, code) => {
    const bytes = under(change as Partial<SoundHeader>);
    for (const recover of [false, true])
      expect(await codeOf(() => decodeAll(codec, bytes, { recover }))).toBe(code);
    expect(await codeOf(() => fileCodes(codec.model, bytes))).toBe(code);
  });

  test("of a newer format is refused as version", async () => {
    const bytes = file.slice();
    bytes[4] = 1;
    expect(await codeOf(() => decodeAll(codec, bytes, { recover: true }))).toBe("version");
    expect(await codeOf(() => decodeAll(codec, new TextEncoder().encode("RIFF....WAVEfmt ")))).toBe(
      "bitstream",
    );
    expect(await codeOf(() => decodeAll(codec, new Uint8Array(0)))).toBe("bitstream");
  });

  test("255 channels in a few bytes cost no more than their windows", async () => {
    const writer = createStreamWriter({ ...header, channels: 255, length: undefined });
    const sections = header.layers.map(() => Array.from({ length: 255 }, () => new Uint8Array(0)));
    const bytes = joinBytes([writer.start(), writer.chunk({ frames: 3, sections }), writer.finish(1)]);
    const found = await decodeAll(codec, bytes).catch((error) => error);
    if (isNacreError(found)) expect(found.code).toBe("bitstream");
    else expect(found.channels.length).toBe(255);
  });
});
