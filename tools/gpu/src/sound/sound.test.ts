import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@nacre/codec";
import { describe, expect, test } from "vitest";
import { temporaryFolders, toneCorpus } from "../../test/small.js";
import { contextsOf } from "./contexts.js";
import { exportSound } from "./export-sound.js";
import { encodeLanes, tableOfCounts } from "./lanes.js";
import { hop, quantizeSound } from "./quantize.js";
import { openTransform } from "./transform.js";

const folder = temporaryFolders();
const coded = (code: string) => expect.objectContaining({ code });

/** Whole numbers below `below` from a seed. */
function whole(seed: number, length: number, below: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(i + 1, 0x9e3779b1 ^ seed) >>> 8) % below);
}

describe("the transform", () => {
  test("is the MDCT as its formula has it, in float64", () => {
    const size = 8;
    const samples = Float32Array.from({ length: 2 * size }, (_, n) => Math.sin(n * n));
    const out = new Float32Array(size);
    openTransform(size)(samples, out);
    for (let k = 0; k < size; k++) {
      let sum = 0;
      for (let n = 0; n < 2 * size; n++) {
        const window = Math.sin((Math.PI * (n + 0.5)) / (2 * size));
        sum += window * samples[n]! * Math.cos((Math.PI / size) * (n + 0.5 + size / 2) * (k + 0.5));
      }
      expect(out[k]).toBeCloseTo(Math.sqrt(2 / size) * sum, 5);
    }
  });

  test("keeps energy, as an orthonormal one does", () => {
    const sound = Float32Array.from({ length: 40 * hop }, (_, i) => Math.sin(i * i * 1e-4));
    const transform = openTransform(hop);
    const out = new Float32Array(hop);
    let energy = 0;
    for (let t = 0; t < 39; t++) {
      transform(sound.subarray(t * hop, (t + 2) * hop), out);
      energy += out.reduce((sum, value) => sum + value ** 2, 0);
    }
    const inner = sound.reduce((sum, value) => sum + value ** 2, 0);
    expect(energy / inner).toBeGreaterThan(0.97);
    expect(energy / inner).toBeLessThanOrEqual(1.0001);
  });
});

test("quantization loses at most what its steps say, and keeps signs and the level of zeros", () => {
  const sound = Float32Array.from(
    { length: 20 * hop },
    (_, i) => 0.3 * Math.sin(i / 9) + 0.001 * Math.cos(i * i),
  );
  const step = 1 / 11;
  const { magnitudes, signs, noise } = quantizeSound(sound, 21, step);
  const transform = openTransform(hop);
  const out = new Float32Array(hop);
  let [bit, zeros] = [0, 0];
  for (let frame = 1; frame < 19; frame++) {
    transform(sound.subarray((frame - 1) * hop, (frame + 1) * hop), out);
    if (frame === 1) for (const q of magnitudes.subarray(0, hop)) bit += q > 0 ? 1 : 0;
    for (let k = 0; k < hop; k++) {
      const q = magnitudes[frame * hop + k]!;
      const root = Math.sqrt(Math.abs(out[k]!));
      expect(root).toBeGreaterThanOrEqual((q - 0.4001) * step);
      expect(root).toBeLessThanOrEqual((q + 0.6001) * step);
      if (q === 0) zeros++;
      else expect((signs[bit >> 3]! >> (bit++ & 7)) & 1).toBe(out[k]! < 0 ? 1 : 0);
    }
  }
  expect(zeros).toBeGreaterThan(100);
  // The level of the noise beside the tone: 0.001 * cos has coefficients of mean size about 0.0006.
  expect(2 ** ((noise[12]! - 64) / 2)).toBeGreaterThan(0.0003);
  expect(2 ** ((noise[12]! - 64) / 2)).toBeLessThan(0.0012);
});

describe("lanes", () => {
  /** The other side, one lane after another per position, as the runner reads. */
  function decode(
    code: ReturnType<typeof encodeLanes>,
    contexts: Uint8Array,
    tables: readonly Uint16Array[],
    length: number,
  ) {
    const lanes = code.states.length;
    const out = new Uint8Array(lanes * length);
    const states = [...code.states];
    let at = 0;
    for (let position = 0; position < length; position++) {
      for (let lane = 0; lane < lanes; lane++) {
        const table = tables[contexts[lane * length + position]!]!;
        const slot = states[lane]! % 4096;
        let [symbol, start] = [0, 0];
        while (start + table[symbol]! <= slot) start += table[symbol++]!;
        out[lane * length + position] = symbol;
        let state = table[symbol]! * Math.floor(states[lane]! / 4096) + slot - start;
        if (state < 65_536) state = state * 65_536 + code.words[at++]!;
        states[lane] = state;
      }
    }
    return { out, states, at };
  }

  test("give every symbol back, and end where they began", () => {
    const [lanes, length] = [5, 300];
    const symbols = whole(3, lanes * length, 7).map((value) => Math.min(value, 4));
    const contexts = whole(9, lanes * length, 3);
    const counts = [0, 1, 2].map(() => new Uint32Array(5));
    for (const [i, symbol] of symbols.entries()) counts[contexts[i]!]![symbol]!++;
    const tables = counts.map(tableOfCounts);
    const code = encodeLanes(symbols, contexts, tables, lanes);
    const { out, states, at } = decode(code, contexts, tables, length);
    expect(out).toEqual(symbols);
    expect(states).toEqual(Array(lanes).fill(65_536));
    expect(at).toBe(code.words.length);
  });

  test("cost what the table's entropy says, within 2 %", () => {
    const symbols = whole(5, 64_000, 100).map((value) => (value < 90 ? 0 : value < 97 ? 1 : 2));
    const table = tableOfCounts(Uint32Array.of(90, 7, 3));
    const { words } = encodeLanes(symbols, new Uint8Array(symbols.length), [table], 64);
    const bits = symbols.reduce((sum, symbol) => sum - Math.log2(table[symbol]! / 4096), 0);
    expect((words.length * 16) / bits).toBeLessThan(1.02);
    expect((words.length * 16) / bits).toBeGreaterThan(0.98);
  });

  test("have tables of exactly 4096 parts, with one for every symbol that occurs", () => {
    for (const counts of [[1], [1, 1e9], [0, 5, 0, 5, 5], Array(200).fill(1), [1e9, ...Array(99).fill(1)]]) {
      const table = tableOfCounts(Uint32Array.from(counts));
      expect(table.reduce((sum, share) => sum + share, 0)).toBe(4096);
      for (const [i, count] of counts.entries()) expect(table[i]! > 0).toBe(count > 0);
    }
    expect(tableOfCounts(Uint32Array.of(0, 0))).toEqual(Uint16Array.of(0, 0));
  });
});

test("contexts look at the past of their own lane alone", () => {
  const magnitudes = whole(1, 6 * hop, 9);
  const contexts = contextsOf(magnitudes, 3);
  const changed = magnitudes.slice();
  changed.fill(0, 0, 3 * hop);
  expect(contextsOf(changed, 3).subarray(3 * hop)).toEqual(contexts.subarray(3 * hop));
  const later = magnitudes.slice();
  later[4 * hop + 100] = 200;
  expect(contextsOf(later, 3).subarray(0, 4 * hop + 101)).toEqual(contexts.subarray(0, 4 * hop + 101));
  expect(contextsOf(later, 3)[4 * hop + 101]).not.toBe(contexts[4 * hop + 101]);
});

describe("an exported corpus", () => {
  const options = { limit: 1e6, fineness: 11, seed: 1 };
  const clipsOf = (home: string) =>
    readdirSync(home).map((name) => readSafetensors(readFileSync(join(home, name))).tensors.clips!);

  test("holds every clip once where all fit, in the order of its seed", async () => {
    const [a, b, c] = [folder(), folder(), folder()].map((home) => join(home, "sound")) as [
      string,
      string,
      string,
    ];
    const packed = await exportSound(toneCorpus(), a, options);
    expect(packed).toMatchObject({ pieces: 1, clips: 4 });
    expect(packed.hours * 3600 * 24_000).toBeCloseTo(47_000, 3);
    const lengths = clipsOf(a).flatMap(({ data }) => [...(data as Int32Array)].filter((_, i) => i % 2 === 1));
    expect(lengths.toSorted((x, y) => x - y)).toEqual([3000, 9000, 15_000, 20_000]);
    await exportSound(toneCorpus(), b, options);
    await exportSound(toneCorpus(), c, { ...options, seed: 2 });
    const bytes = (home: string) => readFileSync(join(home, "000.piece"));
    expect(bytes(b).equals(bytes(a))).toBe(true);
    expect(bytes(c).equals(bytes(a))).toBe(false);
  });

  test("stays under its limit by leaving whole pieces out", async () => {
    const home = join(folder(), "sound");
    const all = await exportSound(toneCorpus(), home, { ...options, pieceSeconds: 0.1 });
    expect(all.pieces).toBe(4);
    const limit = all.bytes - 1;
    const some = await exportSound(toneCorpus(), home, { ...options, limit, pieceSeconds: 0.1, force: true });
    expect(some.pieces).toBe(3);
    expect(some.bytes).toBeLessThanOrEqual(limit);
    expect(readdirSync(home)).toHaveLength(3);
  });

  test("is refused where nothing fits, for a fineness out of range, and over another", async () => {
    const home = join(folder(), "sound");
    await expect(exportSound(toneCorpus(), home, { ...options, limit: 10 })).rejects.toEqual(coded("option"));
    await expect(exportSound(toneCorpus(), home, { ...options, fineness: 0 })).rejects.toEqual(
      coded("option"),
    );
    expect(existsSync(home)).toBe(false);
    await exportSound(toneCorpus(), home, options);
    await expect(exportSound(toneCorpus(), home, options)).rejects.toEqual(coded("io"));
  });
});
