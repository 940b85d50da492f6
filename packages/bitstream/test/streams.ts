import {
  type Chunk,
  type ChunkMark,
  createStreamWriter,
  frameTiles,
  type LayerInfo,
  type PictureHeader,
  type SoundHeader,
  type StreamHeader,
  type VideoEnds,
  type VideoHeader,
} from "../src/index.js";

/** Seeded bytes (xorshift32). */
export function randomBytes(count: number, seed: number): Uint8Array {
  let state = seed * 2654435761 + 1;
  return Uint8Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

/** Equal content layers of 1024 codes. */
export function contentLayers(count: number): LayerInfo[] {
  return Array.from({ length: count }, () => ({ role: "content", alphabet: 1024, stride: 1 }));
}

export function speechHeader(change: Partial<SoundHeader> = {}): SoundHeader {
  return {
    version: 0,
    media: "audio",
    model: "speech-24k@1",
    decodeHash: randomBytes(8, 99),
    sampleRate: 44100,
    channels: 1,
    codedSampleRate: 24000,
    length: 441_000,
    framesPerChunk: 375,
    layers: contentLayers(12),
    ...change,
  };
}

/** A chunk of random sections, about `size` bytes each. */
export function randomChunk(
  header: Exclude<StreamHeader, VideoHeader>,
  frames: number,
  size: number,
  seed: number,
): Chunk {
  return {
    frames,
    sections: header.layers.map((_, layer) =>
      Array.from({ length: header.media === "image" ? 1 : header.channels }, (_, channel) =>
        randomBytes(size + ((layer + channel + seed) % 3), seed * 1000 + layer * 10 + channel),
      ),
    ),
  };
}

export function writeStream(header: StreamHeader, chunks: Chunk[], length: number): Uint8Array {
  const writer = createStreamWriter(header);
  const parts = [writer.start(), ...chunks.map((chunk) => writer.chunk(chunk)), writer.finish(length)];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A small stereo stream of three chunks with a side layer between its content layers. */
export function smallStream(): { header: SoundHeader; chunks: Chunk[]; length: number; bytes: Uint8Array } {
  const layers: LayerInfo[] = [
    ...contentLayers(2),
    { role: "side", alphabet: 16, stride: 8 },
    ...contentLayers(1),
  ];
  const header = speechHeader({ channels: 2, layers, framesPerChunk: 20, length: 15_000 });
  const chunks = [20, 20, 7].map((frames, at) => randomChunk(header, frames, 6, at + 1));
  return { header, chunks, length: 15_000, bytes: writeStream(header, chunks, 15_000) };
}

/** The bytes as a pipe would bring them, `size` at a time. */
export async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export function photoHeader(change: Partial<PictureHeader> = {}): PictureHeader {
  return {
    version: 0,
    media: "image",
    model: "photo@1",
    decodeHash: randomBytes(8, 77),
    width: 768,
    height: 512,
    bitDepth: 8,
    colour: "rgb",
    alpha: false,
    tile: 512,
    layers: [
      { role: "side", alphabet: 255, stride: 4 },
      ...Array.from({ length: 4 }, () => ({ role: "content" as const, alphabet: 255, stride: 1 })),
    ],
    attachments: [],
    ...change,
  };
}

/** A picture of six tiles with two attachments, one of a kind that nobody knows. */
export function smallPicture(): {
  header: PictureHeader;
  chunks: Chunk[];
  length: number;
  bytes: Uint8Array;
} {
  const header = photoHeader({
    width: 150,
    height: 70,
    tile: 64,
    attachments: [
      { kind: 1, bytes: randomBytes(30, 5) },
      { kind: 900, bytes: randomBytes(7, 6) },
    ],
  });
  const chunks = Array.from({ length: 6 }, (_, at) => randomChunk(header, 1, 5, at + 1));
  return { header, chunks, length: 6, bytes: writeStream(header, chunks, 6) };
}

/** The same with alpha; its second tile is stored with loss, its last without. */
export function guardedPicture(): ReturnType<typeof smallPicture> {
  const { header: plain, chunks: layered, length } = smallPicture();
  const alpha = { role: "side" as const, alphabet: 256, stride: 1 };
  const header = { ...plain, alpha: true, layers: [alpha, ...plain.layers] };
  const chunks = layered.map(({ frames, sections }, at): Chunk => {
    const section = [randomBytes(4, at + 50)];
    if (at !== 1 && at !== 5) return { frames, sections: [section, ...sections] };
    return { frames, sections: [section, [randomBytes(20 + at, at)]], stored: at === 1 ? 1 : 2 };
  });
  return { header, chunks, length, bytes: writeStream(header, chunks, length) };
}

export function filmHeader(change: Partial<VideoHeader> = {}): VideoHeader {
  const { sampleRate, channels, codedSampleRate, framesPerChunk } = speechHeader();
  return {
    version: 0,
    media: "video",
    model: "photo@1",
    decodeHash: randomBytes(8, 77),
    ...{ width: 150, height: 70, tile: 64 },
    rate: { numerator: 30_000, denominator: 1001 },
    clock: undefined,
    ...{ subsampling: "4:2:0", siting: "left", matrix: "bt601", range: "limited", aspect: undefined },
    length: undefined,
    sound: {
      ...{ model: "speech-24k@1", decodeHash: randomBytes(8, 99), sampleRate, codedSampleRate },
      ...{ channels: channels + 1, length: undefined, framesPerChunk, layers: contentLayers(3) },
    },
    layers: photoHeader().layers.slice(0, 4),
    ...change,
  };
}

/** A chunk of a video with random sections of its kind. */
export function filmChunk(header: VideoHeader, mark: ChunkMark, frames: number, seed: number): Chunk {
  const section = (at: number) => randomBytes((seed + at) % 7, seed * 100 + at);
  const grid = (layers: number, wide: number) =>
    Array.from({ length: layers }, (_, y) => Array.from({ length: wide }, (_, x) => section(y * wide + x)));
  if (mark.kind === "repeat") return { frames, sections: [], mark };
  const { sound } = header;
  if (mark.kind === "sound") return { frames, sections: grid(sound!.layers.length, sound!.channels), mark };
  return { frames, sections: grid(header.layers.length, frameTiles(header)), mark };
}

/** Frames, repeats, a predicted frame and sound, `rounds` times; frames have times of their own where there is a clock. */
export function film(header: VideoHeader, rounds = 1): { chunks: Chunk[]; frames: number; ends: VideoEnds } {
  const chunks: Chunk[] = [];
  let frame = 0;
  const timesOf = (count: number) =>
    header.clock === undefined ? {} : { times: Array.from({ length: count }, (_, at) => (frame + at) ** 2) };
  const add = (kind: "intra" | "repeat" | "predicted", count: number) => {
    const place = { number: frame, ...timesOf(count) };
    const mark: ChunkMark =
      kind === "predicted" ? { kind, ...place, reference: 1, level: 2 } : { kind, ...place };
    chunks.push(filmChunk(header, mark, count, chunks.length + 1));
    frame += count;
  };
  for (let round = 0; round < rounds; round++) {
    if (header.sound) chunks.push(filmChunk(header, { kind: "sound", number: 375 * round }, 375, 50 + round));
    add("intra", 1);
    add("repeat", 3);
    add("predicted", 1);
    add("intra", 1);
  }
  return {
    chunks,
    frames: frame,
    ends: {
      ...(header.clock !== undefined && { endTime: frame ** 2 + 7 }),
      ...(header.sound && { soundLength: 1000 * rounds }),
    },
  };
}

export function writeFilm(header: VideoHeader, rounds = 1): Uint8Array {
  const { chunks, frames, ends } = film(header, rounds);
  const writer = createStreamWriter(header);
  const parts = [writer.start(), ...chunks.map((chunk) => writer.chunk(chunk)), writer.finish(frames, ends)];
  return new Uint8Array(Buffer.concat(parts));
}
