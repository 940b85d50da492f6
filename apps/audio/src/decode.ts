import { counted, once, readNacre, type Source, type Task, type Work } from "@nacre/cli";
import { type BitDepth, wavStream } from "@nacre/media";
import { type AudioStream, type DecodeOptions, type Nacre, readStream } from "@nacre/nacre";
import { formFacts, lengthFact, type SoundShape, speedFacts } from "./facts.js";

/** What decoding was asked for. */
export type DecodeRequest = { layers?: number; recover?: boolean; bits?: BitDepth };

/** A .nacre file or pipe on its way to a WAV file; a pipe is played on as it arrives. */
export async function decodeSound(
  nacre: Nacre,
  source: Source,
  { layers, recover, bits = 16 }: DecodeRequest,
  task: Task,
): Promise<Work> {
  const begun = performance.now();
  let total: number | undefined;
  const options: DecodeOptions = {
    signal: task.signal,
    onProgress: (seconds) => task.progress(`${seconds.toFixed(1)} s decoded`, seconds, total),
    ...(layers === undefined ? {} : { layers }),
    ...(recover === undefined ? {} : { recover }),
  };
  const stream = await openStream(nacre, source, options);
  total = stream.length === undefined ? undefined : stream.length / stream.sampleRate;
  const shape = { samples: 0, sampleRate: stream.sampleRate, channels: stream.channelCount };
  return {
    pieces: wavStream(counting(stream, shape), { bitDepth: bits }),
    start: () => headerOf(shape, bits),
    facts: (bytes) => [
      { name: "bytes", value: bytes, text: counted(bytes, "byte") },
      lengthFact(shape),
      ...speedFacts(shape, performance.now() - begun),
      ...formFacts(shape),
    ],
  };
}

// A whole file has its exact length in the footer. A pipe has only what its writer announced, and a file that was
// cut short by an interruption is shorter than that.
async function openStream(nacre: Nacre, source: Source, options: DecodeOptions): Promise<AudioStream> {
  if (source.path === undefined) return nacre.decodeStream(source.bytes(), options);
  const file = await readNacre(source);
  const { length } = readStream(file, { recover: options.recover === true });
  const { length: _announced, ...stream } = await nacre.decodeStream(once(file), options);
  return length === undefined ? stream : { ...stream, length };
}

// How much was decoded in the end, which nobody may know before.
function counting(stream: AudioStream, shape: SoundShape): AudioStream {
  async function* blocks() {
    for await (const block of stream.blocks) {
      shape.samples += block[0]?.length ?? 0;
      yield block;
    }
  }
  return { ...stream, blocks: blocks() };
}

// The header of a WAV file of that many samples, to stand where a guess stood.
async function headerOf({ samples, sampleRate, channels }: SoundShape, bitDepth: BitDepth) {
  const empty: AsyncIterable<Float32Array[]> = { async *[Symbol.asyncIterator]() {} };
  const sound = { sampleRate, channelCount: channels, length: samples, blocks: empty };
  const { value } = await wavStream(sound, { bitDepth }).next();
  return value instanceof Uint8Array ? value : undefined;
}
