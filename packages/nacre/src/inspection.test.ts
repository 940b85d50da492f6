import { fileURLToPath } from "node:url";
import type { AtlasCode } from "@nacre/inspect";
import { afterAll, expect, test } from "vitest";
import { type Audio, type LayerReport, measures, open, openPictures, type Picture } from "./index.js";

const path = (name: string) => fileURLToPath(new URL(`../../codec/test/${name}`, import.meta.url));
const [sounds, pictures] = await Promise.all([
  open(path("tiny-model"), { threads: 1 }),
  openPictures(path("tiny-picture-model"), { threads: 1 }),
]);
afterAll(() => Promise.all([sounds.close(), pictures.close()]));

/** A voice-like tone; not at the model's rate. */
const sound: Audio = {
  sampleRate: 16_000,
  channels: [1].map((c) =>
    Float32Array.from(
      { length: 9_600 },
      (_, n) => 0.2 * Math.sin(0.05 * n * c + 3 * Math.sin(n / 900)) * Math.sin(n / 2100) ** 2,
    ),
  ),
};
const [width, height] = [128, 128];
const picture: Picture = {
  ...{ width, height, colour: "rgb", bitDepth: 8 },
  planes: [0, 1, 2].map((c) =>
    Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      return Math.round(127 + 60 * Math.sin(x / (7 + c)) + 50 * Math.cos((x * y) / 700));
    }),
  ),
  alpha: new Uint8Array(width * height).fill(200),
};

/** Names of the measures that a report has values of. */
function taken({ layers, whole }: LayerReport): string[] {
  const rows = measures.filter((each) => "rows" in each).map(({ name }) => name);
  return [...rows, ...layers.flatMap((layer) => Object.keys(layer.measures)), ...Object.keys(whole)];
}

/** Fields of a measure that are not null, of some layer. */
function values({ layers }: LayerReport, prefix: number, measure: string) {
  return layers.find((layer) => layer.role === "content" && layer.prefix === prefix)!.measures[measure]!;
}

function checkWhole(report: LayerReport, layers: number, metric: string) {
  expect(new Set([...taken(report), "drift"])).toEqual(new Set(measures.map(({ name }) => name)));
  const top = report.layers.at(-1)!;
  // The top layer left out is the prefix below it; the first layer alone is the first prefix.
  expect(values(report, layers, "without-layer")[metric]).toBeCloseTo(top.gain[metric]!, 4);
  const first = report.layers.find(({ role }) => role === "content")!;
  expect(values(report, 1, "layer-alone")[metric]).toBeCloseTo(first.quality[metric]!, 4);
  expect(values(report, 1, "sensitivity")[metric]).toBeGreaterThan(
    values(report, layers, "sensitivity")[metric] as number,
  );
  expect(values(report, 1, "dead-codes").codes).toHaveLength(first.deadCodes);
  expect(values(report, 1, "rotation").obtuse).toBe(0);
  for (const lens of ["decoder-lens", "encoder-lens"]) {
    const losses = report.whole[lens]![metric] as number[];
    // What a block of so small a model is worth may have either sign.
    expect(Math.abs(losses[0]!), lens).toBeGreaterThan(1e-3);
  }
  expect(report.whole["idle-blocks"]!.change).toHaveLength(
    (report.whole["decoder-lens"]![metric] as number[]).length,
  );
}

test("all measures of a sound are found, and agree with each other where they must", async () => {
  const steps: string[] = [];
  const report = await sounds.layers(sound, {
    ...{ measures: "all", draws: 2 },
    progress: (done, total, measure) => steps.push(`${measure ?? "prefix"} ${done}/${total}`),
  });
  checkWhole(report, 4, "snr");
  expect(steps).toContain("prefix 4/4");
  expect(steps).toContain("Quality lost by one flipped bit 0/8");
  const lengths = values(report, 1, "code-lengths");
  expect(lengths.mean).toBeGreaterThanOrEqual(lengths.shortest as number);
  // Sections are whole bytes behind what the codes cost by the tables.
  const { codes, fileBits } = report.layers[0]!;
  expect(fileBits).toBeGreaterThan(codes * (lengths.mean as number) - 1);
}, 60_000);

test("all measures of a picture are found, alpha and side codes included", async () => {
  const report = await pictures.layers(picture, { measures: "all", draws: 2 });
  checkWhole(report, 3, "psnrRgb");
  expect(report.layers.map(({ role }) => role)).toEqual(["alpha", "side", "content", "content", "content"]);
  expect(Object.keys(report.layers[0]!.measures)).not.toContain("dead-codes");
  const side = report.layers[1]!.measures["code-lengths"]!;
  expect(side.mean).toBeCloseTo(report.layers[1]!.contextBits!, 9);
}, 60_000);

test("use does not drift from itself, and does from silence", async () => {
  const [same, silent] = [sound, { sampleRate: 16_000, channels: [new Float32Array(9_600)] }];
  const driftFrom = async (against: Audio | Uint8Array) => {
    const { layers } = await sounds.layers(sound, { measures: ["drift"], against });
    return layers.map((layer) => layer.measures.drift!.bits as number);
  };
  expect(await driftFrom(same)).toEqual([0, 0, 0, 0]);
  for (const bits of await driftFrom(await sounds.encode(silent))) expect(bits).toBeGreaterThan(0.3);
  const codes = await pictures.codes(picture);
  const { layers } = await pictures.layers(picture, { measures: ["drift"], against: codes });
  // Codes are those of all layers as the quantizer gives them; the file chose some by rate.
  expect(layers[1]!.measures.drift!.bits).toBe(0);
  expect(layers[0]!.missing["measures.drift.bits"]).toMatch(/no codes/);
});

test("an atlas has the most used codes, each heard or seen alone, and where the input chose them", async () => {
  const heard = await sounds.atlas(sound, { most: 2, examples: 3 });
  const codes = await sounds.codes(sound);
  expect(heard.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
  for (const { layer, codes: chosen } of heard) {
    for (const { code, count, examples, signal } of chosen) {
      expect(
        codes[layer]!.reduce((sum, { data }) => sum + data.filter((each) => each === code).length, 0),
      ).toBe(count);
      expect(examples.every(({ channel, at }) => codes[layer]![channel]!.data[at] === code)).toBe(true);
      expect(signal.channels[0]!.length).toBe(19 * 320);
      expect(signal.channels[0]!.every(Number.isFinite)).toBe(true);
    }
  }
  const [seen] = await pictures.atlas(picture, { most: 2 });
  const [{ place, signal }, other] = seen!.codes as [AtlasCode<Picture>, AtlasCode<Picture>];
  expect(place).toBeLessThan(8);
  expect([signal.width, signal.height]).toEqual([64, 64]);
  expect(signal.planes[0]!.some((value, at) => value !== other.signal.planes[0]![at])).toBe(true);
}, 60_000);
