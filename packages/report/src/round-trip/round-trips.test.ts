import { quality } from "@nacre/inspect";
import { soundCodecs, wavBytes } from "@nacre/media";
import { audioMetrics, bdRate, meanInterval, siSdr } from "@nacre/metrics";
import type { Audio } from "@nacre/signal";
import { describe, expect, it } from "vitest";
import { digitCoder } from "../../test/digit-coder.js";
import { createReportBuilder } from "./build-report.js";
import { madeNow } from "./made.js";
import { soundRoundTrips } from "./round-trips.js";
import { soundMedium } from "./sound-medium.js";
import { curveOf } from "./summary.js";
import { tripSchema } from "./trip.js";
import type { TripSource } from "./trip-medium.js";

/** Syllables of a buzz between 0 and 1, so that digits are of one sign; at 8 kHz. */
function buzz(pitch: number, length = 8000): Audio {
  const samples = Float32Array.from({ length }, (_, i) => {
    const loud = 0.1 + 0.3 * Math.sin(i / 700) ** 2;
    return 0.5 + loud * Math.sin((i * pitch) / 8000) * Math.cos((i * i) / 3e6);
  });
  return { sampleRate: 8000, channels: [samples] };
}

const sounds = [buzz(1400), buzz(2900), buzz(700)];
const sources = sounds.map((sound, i): TripSource => {
  const bytes = wavBytes(sound, { bitDepth: "float32" });
  return {
    name: `${i}.wav`,
    async *bytes() {
      yield bytes;
    },
  };
});

const trips = soundRoundTrips(digitCoder);
const taken = await Promise.all(sources.map((source) => trips.take(source, { against: ["opus", "mp3"] })));

async function report(order: readonly number[]) {
  const builder = createReportBuilder(trips);
  builder.fail("bad.wav", { code: "media", sentence: "bad.wav is empty" });
  for (const at of order) builder.add(taken[at]!);
  const contenders = await trips.contenders(["opus", "mp3"]);
  const frame = { made: madeNow("nacre-audio report", {}, []), contenders };
  return builder.report(frame, ["0.wav", "bad.wav", "1.wav", "2.wav"]);
}

const made = await report([0, 1, 2]);

describe("a report of sounds", () => {
  it("has of every prefix what the measures say of what is decoded from the trimmed file, and its bytes", async () => {
    for (const [at, sound] of sounds.entries()) {
      const file = await digitCoder.encode(sound);
      const points = taken[at]!.file.points.filter(({ contender }) => contender === "digits@1");
      expect(points.map(({ layers }) => layers)).toEqual([1, 2, 3, 4, 5]);
      for (const { layers, bytes, rate, values } of points) {
        const trimmed = digitCoder.trim(file, layers!);
        const decoded = await digitCoder.decode(trimmed);
        const measured = audioMetrics.map(({ name, measure }) => [
          name,
          measure(sound.channels[0]!, decoded.channels[0]!, 8000),
        ]);
        expect(values).toEqual(Object.fromEntries(measured));
        expect([bytes, rate]).toEqual([trimmed.length, (trimmed.length * 8) / 1000]);
      }
    }
  });

  it("has of every baseline what the measures say of its own way there and back", async () => {
    for (const codec of soundCodecs) {
      const points = taken[1]!.file.points.filter(({ contender }) => contender === codec.name);
      expect(points.map(({ setting }) => setting)).toEqual(
        codec.settings.map((kbps) => `${kbps} kbit/s a channel`),
      );
      const { decoded, bytes } = await codec.through(sounds[1]!, codec.settings[2]!);
      expect(points[2]!.values.siSdr).toBe(siSdr(sounds[1]!.channels[0]!, decoded.channels[0]!));
      expect(points[2]!.bytes).toBe(bytes);
      expect(points[2]!.values).toEqual(
        Object.fromEntries([...quality(sounds[1]!, decoded)].map(([name, { value }]) => [name, value])),
      );
    }
  });

  it("has means and BD-rates that are those of the files", () => {
    const own = made.curves[0]!.points[2]!;
    const third = taken.map(({ file }) => file.points.find(({ layers }) => layers === 3)!);
    const { mean, low, high } = meanInterval(third.map(({ values }) => values.stoi!));
    expect(own).toMatchObject({ setting: "3 layers", files: 3, values: { stoi: { mean, low, high } } });
    let known = 0;
    for (const { against, measure, percent, files } of made.bdRates) {
      const told = made.measures.find(({ name }) => name === measure)!;
      const single = taken.map(
        ({ file }) => bdRate(curveOf(file, against, told), curveOf(file, "digits@1", told)).value,
      );
      const values = single.filter((value) => value !== null);
      expect(files).toBe(values.length);
      expect(percent?.mean ?? null).toBe(values.length === 0 ? null : meanInterval(values).mean);
      known += values.length;
    }
    expect(known).toBeGreaterThan(0);
  });

  it("pools the codes of all files in the table of layers", async () => {
    const counts = [0, 0, 0, 0];
    for (const sound of sounds) {
      const [layer] = await digitCoder.codes(await digitCoder.encode(sound));
      for (const code of layer![0]!.data) counts[code]!++;
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    const entropy = counts.reduce((sum, n) => (n === 0 ? sum : sum - (n / total) * Math.log2(n / total)), 0);
    const [layer] = made.layers;
    expect(layer).toMatchObject({ codes: total, files: 3, usage: counts.filter((n) => n > 0).length / 4 });
    expect(layer!.entropyBits).toBeCloseTo(entropy, 12);
    expect(made.use![0]!.counts).toEqual(counts.filter((n) => n > 0).sort((a, b) => b - a));
    expect(layer!.gain.stoi).toBeNull();
    expect(layer!.missing["gain.stoi"]).toContain("no content layer");
  });

  it("does not depend on the order in which files were done, and keeps the failed one", async () => {
    const { made: _first, ...one } = made;
    const { made: _second, ...other } = await report([2, 0, 1]);
    expect(other).toEqual(one);
    expect(one.files.map(({ name }) => name)).toEqual(["0.wav", "bad.wav", "1.wav", "2.wav"]);
    expect(one.files[1]!.failed).toEqual({ code: "media", sentence: "bad.wav is empty" });
  });

  it("names the worst file first, in the direction of each measure", () => {
    for (const { name, better } of made.measures) {
      const values = made.worst[name]!.map(
        (file) =>
          taken[Number.parseInt(file, 10)]!.file.points.findLast(({ layers }) => layers === 5)!.values[name]!,
      );
      const sorted = values.toSorted((a, b) => (better === "higher" ? a - b : b - a));
      expect(values).toEqual(sorted);
    }
  });

  it("has trips that come back out of their JSON", () => {
    for (const trip of taken) expect(tripSchema.parse(JSON.parse(JSON.stringify(trip)))).toEqual(trip);
  });
});

it("at asked rates a model has the largest prefixes that fit, and baselines those rates", async () => {
  // A layer takes 64 kbit/s here, and the file has a byte more.
  const { file } = await trips.take(sources[0]!, { against: ["opus"], rates: [70, 200] });
  const of = (name: string) => file.points.filter(({ contender }) => contender === name);
  expect(of("digits@1").map(({ layers }) => layers)).toEqual([1, 3]);
  expect(of("opus").map(({ setting }) => setting)).toEqual(["70 kbit/s", "200 kbit/s"]);
});

it("specimens are the original and every prefix as decoded, as loud as the original by their gain", async () => {
  const found = [];
  for await (const each of trips.specimens(sources[2]!, taken[2]!.file, { against: ["opus"] }))
    found.push(each);
  expect(found.map(({ point }) => point?.contender)).toEqual([
    ...[undefined, "digits@1", "digits@1", "digits@1", "digits@1", "digits@1"],
    ...["opus", "mp3"],
  ]);
  const file = await digitCoder.encode(sounds[2]!);
  const coarse = await digitCoder.decode(file, 1);
  expect(found[1]!.specimen.bytes).toEqual(wavBytes(coarse));
  const power = ({ channels }: Audio) => channels[0]!.reduce((sum, x) => sum + x * x, 0);
  expect(found[1]!.specimen.gain).toBeCloseTo(10 * Math.log10(power(sounds[2]!) / power(coarse)), 6);
});

it("a sound that a baseline cannot take is without it, with the reason", async () => {
  const many = { sampleRate: 8000, channels: [1, 2, 3].map(() => sounds[0]!.channels[0]!) };
  const [opus] = soundMedium.baselines;
  expect(() => opus!.trials(many, undefined)).toThrow(/3 channels, expected at most 2/);
});
