/** A medium for tests: text files, two layers of nibbles, no network. It shows that nothing in this room is about sound. */
import { createStreamWriter, readStream, type SoundHeader } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { Medium, OpenModel, Task, Work } from "../src/medium.js";
import { toggle } from "../src/options.js";
import { readNacre, type Source } from "../src/source.js";

/** How many models are open, and how many were at most. */
export const census = { open: 0, most: 0 };

export const letters: Medium = {
  program: "nacre-letters",
  version: "1.2.3",
  noun: "text",
  nouns: "texts",
  media: "audio",
  example: "poem",
  extensions: [".txt"],
  outputExtensions: [".txt"],
  defaultModel: "nibbles",
  encodeOptions: { upper: toggle("--upper", "in capitals", { conflicts: ["layers"] }) },
  decodeOptions: {},
  async open(name) {
    if (name === "broken") throw new TypeError("cannot read properties of undefined\nat line 3");
    if (name !== "nibbles" && name !== "nibbles@1") throw new NacreError("model", `no model "${name}"`);
    census.open++;
    census.most = Math.max(census.most, census.open);
    return model;
  },
  models: async () => [{ id: "nibbles@1", folder: "nowhere", description: "Two nibbles", facts: [] }],
  importable: ["runes"],
  importModel: async ({ from, as = "none", out, name, sounds, licence }, task) => {
    if (from === "stone") throw new NacreError("model", "a stone that cannot be read");
    licence("runes are for everyone");
    for (const { name: sound } of sounds) task.progress(sound, 1);
    const facts = [
      { name: "as", value: as, text: as },
      { name: "sounds", value: sounds.length, text: `${sounds.length} texts` },
    ];
    return { id: `${name}@1`, folder: out, description: "Runes", facts };
  },
  describe: (file) => [
    { name: "letters", value: readStream(file).length, text: `${readStream(file).length} letters` },
  ],
  train: async ({ out, name }) => ({ folder: out, facts: [{ name: "name", value: name, text: name }] }),
};

const model: OpenModel = {
  id: "nibbles@1",
  encode,
  decode,
  codes: () => Promise.reject(new NacreError("option", "texts have no codes")),
  inspect: async () => ({ report: { layers: 2 }, table: "two layers", page: "<!doctype html>" }),
  async close() {
    census.open--;
  },
};

async function encode(
  source: Source,
  { layers = 2, upper }: { layers?: number; upper?: true },
  task: Task,
): Promise<Work> {
  const parts: Uint8Array[] = [];
  for await (const part of source.bytes()) {
    parts.push(part);
    task.progress(`${parts.length} parts`, parts.length);
  }
  const text = Buffer.concat(parts).toString("latin1");
  if (text.includes("!")) throw new NacreError("media", "a text that shouts");
  if (text.includes("?")) task.warn("a question");
  const bytes = Buffer.from(upper ? text.toUpperCase() : text, "latin1");
  return {
    pieces: pieces(bytes, layers),
    facts: (size) => [{ name: "bytes", value: size, text: `${size} bytes` }],
  };
}

async function* pieces(bytes: Uint8Array, layers: number) {
  const writer = createStreamWriter(header(layers));
  yield writer.start();
  const sections = [bytes.map((byte) => byte >> 4), bytes.map((byte) => byte & 15)].map((layer) => [layer]);
  if (bytes.length > 0) yield writer.chunk({ frames: bytes.length, sections: sections.slice(0, layers) });
  yield writer.finish(bytes.length);
}

function header(layers: number): SoundHeader {
  return {
    version: 0,
    media: "audio",
    model: "nibbles@1",
    decodeHash: new Uint8Array(8),
    sampleRate: 1,
    channels: 1,
    codedSampleRate: 1,
    length: undefined,
    framesPerChunk: 2 ** 20,
    layers: Array.from({ length: layers }, () => ({ role: "content", alphabet: 16, stride: 1 })),
  };
}

async function decode(source: Source): Promise<Work> {
  const { chunks } = readStream(await readNacre(source));
  const [high, low] = [0, 1].map((layer) =>
    chunks.flatMap(({ sections }) => [...(sections[layer]?.[0] ?? [])]),
  );
  const bytes = Uint8Array.from(high!, (value, at) => value * 16 + (low![at] ?? 0));
  async function* whole() {
    yield bytes;
  }
  return { pieces: whole(), facts: (size) => [{ name: "bytes", value: size, text: `${size} bytes` }] };
}
