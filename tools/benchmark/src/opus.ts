import { spawnSync } from "node:child_process";
import { soundCodecs, throughOpus } from "@nacre/media";
import { type Audio, readAudio } from "@nacre/nacre";
import { type ByLoudness, byLoudness } from "./by-loudness.js";
import { type Coded, type CodedRow, codedOf, meanRow } from "./coded.js";
import { integratedLoudness } from "./integrated-loudness.js";
import { identitySanity, type SanityRow, transparentSanity } from "./sanity.js";
import { soundFiles } from "./sound-files.js";

/** What was asked for, and what files in an Ogg container take; measures are means over files. */
export type OpusRow = { asked: number } & CodedRow;

/** Opus on a folder of sounds, measured as our own models are. */
export type OpusResult = {
  codec: string;
  /** Its version; null where it is not on this machine. It is not what codes here. */
  ffmpeg: string | null;
  files: string[];
  seconds: number;
  rates: OpusRow[];
  byLoudness: ByLoudness<{ rates: OpusRow[] }>;
  sanity: SanityRow[];
};

// Per channel; libopus is near transparent from some 64 kbit/s on.
const transparentKbps = 128;

/** Encodes and decodes every sound at each rate (kbit/s), variable rate, 20 ms frames, as libopus does by itself. */
export async function measureOpus(
  folder: string,
  rates: readonly number[],
  onFile: (done: number, total: number) => void = () => {},
): Promise<OpusResult> {
  const files = await soundFiles(folder);
  const clips: OpusClip[] = [];
  for (const [index, { name, path }] of files.entries()) {
    clips.push({ name, ...measureClip(await readAudio(path), rates) });
    onFile(index + 1, files.length);
  }
  const rowsOf = (places: readonly number[]): OpusRow[] =>
    rates.map((asked, i) => ({ asked, ...meanRow(places.map((at) => clips[at]!.rates[i]!)) }));
  return {
    codec: soundCodecs.find(({ name }) => name === "opus")!.version(),
    ffmpeg: ffmpegVersion(),
    files: files.map(({ name }) => name),
    seconds: clips.reduce((sum, { seconds }) => sum + seconds, 0),
    rates: rowsOf([...clips.keys()]),
    byLoudness: byLoudness(clips, (places) => ({ rates: rowsOf(places) })),
    sanity: [
      identitySanity(meanRow(clips.map(({ identity }) => identity))),
      transparentSanity(
        `Opus at ${transparentKbps} kbit/s a channel`,
        meanRow(clips.map(({ transparent }) => transparent)),
      ),
    ],
  };
}

type OpusClip = {
  name: string;
  seconds: number;
  loudness: number;
  rates: Coded[];
  identity: Coded;
  transparent: Coded;
};

function measureClip(sound: Audio, rates: readonly number[]): Omit<OpusClip, "name"> {
  const coded = (kbps: number) => {
    const { decoded, bytes } = throughOpus(sound, kbps);
    return codedOf(sound, decoded, bytes);
  };
  return {
    seconds: sound.channels[0]!.length / sound.sampleRate,
    loudness: integratedLoudness(sound),
    rates: rates.map(coded),
    identity: codedOf(sound, sound, 0),
    transparent: coded(transparentKbps * sound.channels.length),
  };
}

function ffmpegVersion(): string | null {
  const { status, stdout } = spawnSync("ffmpeg", ["-version"], { encoding: "utf8" });
  return status === 0 ? (stdout.match(/^ffmpeg version (\S+)/)?.[1] ?? "unknown") : null;
}
