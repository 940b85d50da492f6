import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { throughOpus } from "@nacre/media";
import { type Interval, meanInterval } from "@nacre/metrics";
import { type Audio, type Nacre, open, readAudio, trimLayers } from "@nacre/nacre";
import { watched } from "../quality.js";
import { soundFiles } from "../sound-files.js";
import { type PesqPair, type PesqVersions, pesqScores, pesqVersions, writeForPesq } from "./judge.js";

/** pesq: PESQ-WB as MOS-LQO, 1 to some 4.64; `count` leaves out clips in which the judge finds no speech. */
export type PesqRow = { kbps: Interval; pesq: Interval };

/** What an outside judge says of a model and of Opus, on the same clips. */
export type PesqResult = {
  model: string;
  judge: PesqVersions;
  files: string[];
  seconds: number;
  ours: ({ layers: number } & PesqRow)[];
  opus: ({ asked: number } & PesqRow)[];
  sanity: { what: string; expected: string; holds: boolean; pesq: Interval }[];
};

/** Or why nothing was measured. */
export type NotMeasured = { notMeasured: string };

/** rates: of Opus, kbit/s; every: takes every so-many-th file. */
export type PesqOptions = {
  model?: string;
  python: string;
  rates: readonly number[];
  every: number;
  onFile?: (done: number, total: number) => void;
};

const nearTransparent = 64;

/** One way of coding, all clips. */
type Way = { kbps: number[]; pairs: PesqPair[] };

/** Codes a folder of speech, writes both sides at 16 kHz and lets PyPI's pesq score them. */
export async function measurePesq(folder: string, options: PesqOptions): Promise<PesqResult | NotMeasured> {
  const judge = pesqVersions(options.python);
  if (typeof judge === "string") return { notMeasured: judge };
  const files = await soundFiles(folder, options.every);
  const work = await mkdtemp(join(tmpdir(), "nacre-pesq-"));
  const nacre = await open(options.model);
  try {
    const ways = new Map<string, Way>();
    let seconds = 0;
    for (const [index, { path }] of files.entries()) {
      const sound = await readAudio(path);
      seconds += sound.channels[0]!.length / sound.sampleRate;
      const reference = await writeForPesq(work, `${index}`, sound);
      for await (const { key, decoded, bytes } of codings(nacre, sound, options.rates)) {
        const way = ways.get(key) ?? { kbps: [], pairs: [] };
        way.kbps.push((bytes * 8 * sound.sampleRate) / sound.channels[0]!.length / 1000);
        way.pairs.push({ reference, degraded: await writeForPesq(work, `${index}-${key}`, decoded) });
        ways.set(key, way);
      }
      options.onFile?.(index + 1, files.length);
    }
    const scored = await scoreWays(options.python, work, ways);
    return {
      model: nacre.model.id,
      judge,
      files: files.map(({ name }) => name),
      seconds,
      ours: watched(nacre.model.layers).map((layers) => ({ layers, ...scored.get(`layers-${layers}`)! })),
      opus: options.rates.map((asked) => ({ asked, ...scored.get(`opus-${asked}`)! })),
      sanity: sanityRows(scored),
    };
  } finally {
    await nacre.close();
    await rm(work, { recursive: true, force: true });
  }
}

type Coding = { key: string; decoded: Audio; bytes: number };

async function* codings(nacre: Nacre, sound: Audio, rates: readonly number[]): AsyncGenerator<Coding> {
  yield { key: "identity", decoded: sound, bytes: 0 };
  const file = await nacre.encode(sound);
  for (const layers of watched(nacre.model.layers)) {
    const decoded = await nacre.decode(file, { layers });
    yield { key: `layers-${layers}`, decoded, bytes: trimLayers(file, layers).length };
  }
  for (const asked of [...rates, nearTransparent]) {
    yield { key: `opus-${asked}`, ...throughOpus(sound, asked) };
  }
}

async function scoreWays(
  python: string,
  work: string,
  ways: ReadonlyMap<string, Way>,
): Promise<Map<string, PesqRow>> {
  const scores = await pesqScores(
    python,
    work,
    [...ways.values()].flatMap(({ pairs }) => pairs),
  );
  const rows = new Map<string, PesqRow>();
  let at = 0;
  for (const [key, { kbps, pairs }] of ways) {
    rows.set(key, { kbps: meanInterval(kbps), pesq: meanInterval(scores.slice(at, at + pairs.length)) });
    at += pairs.length;
  }
  return rows;
}

function sanityRows(rows: ReadonlyMap<string, PesqRow>): PesqResult["sanity"] {
  const [identity, transparent] = ["identity", `opus-${nearTransparent}`].map((key) => rows.get(key)!.pesq);
  return [
    {
      ...{ what: "the original in the place of the decoded sound", expected: "the scale's end, above 4.6" },
      ...{ holds: identity!.low > 4.6, pesq: identity! },
    },
    {
      ...{ what: `Opus at ${nearTransparent} kbit/s`, expected: "above 4.2" },
      ...{ holds: transparent!.mean > 4.2, pesq: transparent! },
    },
  ];
}
