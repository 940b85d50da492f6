import type { Audio } from "@nacre/signal";
import { afterAll, describe, expect, test, vi } from "vitest";
import { directForm } from "../test/direct-form.js";
import { noise, signalToNoise, sine } from "../test/sounds.js";
import { plainFilter } from "./filter.js";
import { loadSimd, simdFilter } from "./filter-simd.js";
import * as simdRoom from "./index.js";
import { kernelFor } from "./kernel.js";

// The room as it loads where WebAssembly, or SIMD in it, is absent.
vi.stubGlobal("WebAssembly", undefined);
vi.resetModules();
const plainRoom = await import("./index.js");
vi.unstubAllGlobals();
vi.stubGlobal("WebAssembly", { validate: () => false });
vi.resetModules();
const scalarRoom = await import("./index.js");
vi.unstubAllGlobals();
afterAll(() => vi.resetModules());

const pairs: [number, number][] = [
  [44_100, 24_000],
  [24_000, 44_100],
  [48_000, 24_000],
  [24_000, 48_000],
  [16_000, 24_000],
  [44_100, 48_000],
  [96_000, 8000],
  [8000, 11_025],
];

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let n = 0; n < a.length; n++) most = Math.max(most, Math.abs(a[n]! - b[n]!));
  return most;
}

function inBlocks({ sampleRate, channels }: Audio, size: number) {
  return {
    sampleRate,
    channelCount: channels.length,
    blocks: (async function* () {
      for (let at = 0; at < channels[0]!.length; at += size) {
        yield channels.map((samples) => samples.subarray(at, at + size));
      }
    })(),
  };
}

/** As text, which is compared much faster than one number after another. */
const bitsOf = (samples: Float32Array) =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString("base64");

const power = (samples: Float32Array) =>
  samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;

/** A chirp that rises and falls in loudness slowly enough to stay between its two frequencies, hertz. */
function sweep(sampleRate: number, low: number, high: number, seconds: number): Audio {
  const samples = Float32Array.from({ length: Math.floor(seconds * sampleRate) }, (_, n) => {
    const time = n / sampleRate;
    const turns = low * time + ((high - low) * time ** 2) / (2 * seconds);
    return Math.sin((Math.PI * time) / seconds) ** 2 * Math.sin(2 * Math.PI * turns);
  });
  return { sampleRate, channels: [samples] };
}

for (const [name, { collect, resample, resampleStream }] of [
  ["WebAssembly", simdRoom],
  ["plain", plainRoom],
] as const) {
  describe(`the ${name} filter`, () => {
    for (const [from, to] of pairs) {
      test(`${from} -> ${to}: is the direct form to 2e-6 of full scale`, () => {
        const audio = noise(from, 2, 9000);
        const heard = resample(audio, to);
        const length = heard.channels[0]!.length;
        for (const begin of [0, Math.floor(length / 2), length - 30]) {
          for (const [channel, samples] of audio.channels.entries()) {
            const expected = directForm(samples, from, to, begin, 30);
            const got = heard.channels[channel]!.subarray(begin, begin + 30);
            expect(largestDifference(got, expected)).toBeLessThan(2e-6);
          }
        }
      });

      test(`${from} -> ${to}: blocks of 1, 7 and 4096 give the bits of the whole, in three channels`, async () => {
        // Long enough that the kernel cuts the whole, and a short part for the small blocks.
        const long = noise(from, 3, 20_000);
        const short = { ...long, channels: long.channels.map((samples) => samples.subarray(3, 803)) };
        for (const [audio, size] of [
          [long, 4096],
          [short, 1],
          [short, 7],
        ] as const) {
          const streamed = await collect(resampleStream(inBlocks(audio, size), to));
          expect(streamed.channels.map(bitsOf)).toEqual(resample(audio, to).channels.map(bitsOf));
        }
      });

      test(`${from} -> ${to}: an offset stays to 1e-6`, () => {
        for (const offset of [1, -0.7, 0.3]) {
          const constant = { sampleRate: from, channels: [new Float32Array(6000).fill(offset)] };
          const heard = resample(constant, to).channels[0]!;
          const edge = Math.ceil((70 * to) / Math.min(from, to));
          const inside = heard.subarray(edge, heard.length - edge);
          expect(largestDifference(inside, new Float32Array(inside.length).fill(offset))).toBeLessThan(1e-6);
        }
      });

      test(`${from} -> ${to}: the lower nine tenths of the band pass unchanged, to 80 dB`, () => {
        for (const part of [0.01, 0.2, 0.35, 0.45]) {
          const hertz = part * Math.min(from, to);
          const heard = resample(sine(from, hertz, 12_000), to).channels[0]!;
          const edge = Math.ceil((70 * to) / Math.min(from, to));
          const expected = sine(to, hertz, heard.length).channels[0]!;
          const inner = (samples: Float32Array) => samples.subarray(edge, heard.length - edge);
          expect(signalToNoise(inner(expected), inner(heard))).toBeGreaterThan(80);
        }
      });

      test(`${from} -> ${to}: a sweep of the whole pass band is the same sweep, to 80 dB`, () => {
        const top = 0.45 * Math.min(from, to);
        const heard = resample(sweep(from, 0, top, 0.4), to).channels[0]!;
        expect(signalToNoise(sweep(to, 0, top, 0.4).channels[0]!, heard)).toBeGreaterThan(80);
      });

      if (to < from) {
        test(`${from} -> ${to}: a sweep of the whole stop band is at least 80 dB down`, () => {
          const audio = sweep(from, 0.51 * to, 0.5 * from, 0.4);
          const heard = resample(audio, to).channels[0]!;
          expect(10 * Math.log10(power(heard) / power(audio.channels[0]!))).toBeLessThan(-80);
        });

        test(`${from} -> ${to}: what the lower rate cannot hold is at least 80 dB down`, () => {
          for (const part of [0, 0.1, 0.5, 0.97]) {
            const hertz = to / 2 + part * (from / 2 - to / 2);
            const heard = resample(sine(from, hertz, 24_000), to).channels[0]!;
            expect(10 * Math.log10(power(heard.subarray(100, heard.length - 100)) / 0.125)).toBeLessThan(-80);
          }
        });
      }
    }
  });
}

describe("the choice of filter", () => {
  test("both filters agree to 2e-6 of full scale, and they are two", () => {
    for (const [from, to] of pairs) {
      const audio = noise(from, 1, 10_000);
      const [simd, plain, scalar] = [simdRoom, plainRoom, scalarRoom].map(
        (room) => room.resample(audio, to).channels[0]!,
      );
      expect(largestDifference(simd!, plain!)).toBeLessThan(2e-6);
      expect(bitsOf(simd!)).not.toBe(bitsOf(plain!));
      expect(bitsOf(scalar!)).toBe(bitsOf(plain!));
    }
  });

  test("is plain where a security policy forbids WebAssembly", () => {
    const forbidden = () => {
      throw new Error("refused");
    };
    vi.stubGlobal("WebAssembly", { validate: () => true, Module: forbidden, Instance: forbidden });
    expect(loadSimd()).toBeUndefined();
    vi.unstubAllGlobals();
    expect(loadSimd()).toBeDefined();
  });

  test("is plain where the tables or the window of a ratio do not fit", () => {
    const simd = loadSimd()!;
    for (const [up, down, fits] of [
      [80, 147, true],
      [32_749, 32_719, true],
      [44_101, 44_100, false],
      [1, 200, true],
      [1, 400, false],
    ] as const) {
      expect(simdFilter(simd, kernelFor(up, up / down), up, down) !== undefined).toBe(fits);
    }
  });

  test("tables that push each other out of memory come back with the same bits", () => {
    const simd = loadSimd()!;
    const ratios = [32_749, 32_719, 32_717, 32_713].map((up) => {
      const filter = simdFilter(simd, kernelFor(up, 1.001), up, up - 2)!;
      return { filter, plain: plainFilter(kernelFor(up, 1.001), up, up - 2) };
    });
    const input = [noise(1, 1, 500).channels[0]!];
    const first = ratios.map(({ filter }) => runOnce(filter, input));
    const second = ratios.map(({ filter }) => runOnce(filter, input));
    expect(second).toEqual(first);
    for (const [index, { plain }] of ratios.entries()) {
      expect(largestDifference(first[index]!, runOnce(plain, input))).toBeLessThan(2e-6);
    }
    expect(simd.memory.buffer.byteLength).toBeLessThan(34 * 2 ** 20);
  });
});

function runOnce(filter: ReturnType<typeof plainFilter>, input: Float32Array[]): Float32Array {
  const out = new Float32Array(100);
  filter.run(input, 5, 11, [out]);
  return out;
}
