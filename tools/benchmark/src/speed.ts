import { resample, streamOf } from "@nacre/media";
import { type Audio, collect, open, readAudio } from "@nacre/nacre";
import { soundFiles } from "./sound-files.js";

/** Seconds of sound per second of work. */
type Speed = { encode: number; decode: number };

/** How fast a model works on this machine; networks are opened before the clock starts. */
export type SpeedResult = {
  model: string;
  seconds: number;
  threads: number | "all";
  /** At the model's own rate, mono. */
  own: Speed;
  /** 44.1 kHz stereo, resampled there and back: seconds of the file, both channels. */
  stereo44: Speed;
  bytes: { own: number; stereo44: number };
  /** Most memory that the process held, MiB, engine and networks included. */
  peakMemoryMiB: number;
};

/** Measures one long sound made of a folder's files, best of three runs. */
export async function measureSpeed(
  folder: string,
  { model, seconds, threads }: { model?: string; seconds: number; threads?: number },
): Promise<SpeedResult> {
  const nacre = await open(model, threads === undefined ? {} : { threads });
  const own = await joined(folder, nacre.model.sampleRate, seconds);
  const wide = resample(own, 44_100).channels[0]!;
  const stereo = { sampleRate: 44_100, channels: [wide, wide.map((x) => 0.7 * x)] };
  await nacre.decode(await nacre.encode(own));
  const first = await bestOf(nacre, own, seconds);
  const second = await bestOf(nacre, stereo, seconds);
  await nacre.close();
  return {
    model: nacre.model.id,
    seconds,
    threads: threads ?? "all",
    own: first.speed,
    stereo44: second.speed,
    bytes: { own: first.bytes, stereo44: second.bytes },
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

async function bestOf(nacre: Awaited<ReturnType<typeof open>>, sound: Audio, seconds: number) {
  const speed: Speed = { encode: 0, decode: 0 };
  let bytes = 0;
  for (let run = 0; run < 3; run++) {
    const begun = performance.now();
    const parts: Uint8Array[] = [];
    for await (const part of nacre.encodeStream(streamOf(sound))) parts.push(part);
    const middle = performance.now();
    const file = Buffer.concat(parts);
    await collect(await nacre.decodeStream(streamOfBytes(file)));
    speed.encode = Math.max(speed.encode, (1000 * seconds) / (middle - begun));
    speed.decode = Math.max(speed.decode, (1000 * seconds) / (performance.now() - middle));
    bytes = file.length;
  }
  return { speed, bytes };
}

async function* streamOfBytes(file: Uint8Array): AsyncGenerator<Uint8Array> {
  yield file;
}

async function joined(folder: string, sampleRate: number, seconds: number): Promise<Audio> {
  const files = await soundFiles(folder);
  const samples = new Float32Array(seconds * sampleRate);
  for (let at = 0; at < samples.length; ) {
    for (const { path } of files) {
      const [part] = resample(await readAudio(path), sampleRate).channels;
      samples.set(part!.subarray(0, samples.length - at), at);
      at = Math.min(samples.length, at + part!.length);
    }
  }
  return { sampleRate, channels: [samples] };
}
