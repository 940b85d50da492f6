import { layerBytes, readStream } from "@nacre/bitstream";
import { counted, factObject } from "../facts.js";
import { oneInput } from "../inputs.js";
import { checkMedia } from "../other-media.js";
import { label, readNacre } from "../source.js";
import { table } from "../table.js";
import { jsonOption, report, verb } from "../verb.js";

/** What a .nacre file says of itself. */
export const info = verb({
  name: "info",
  arguments: "<file.nacre>",
  summary: () => "tell what a .nacre file holds, no model needed",
  example: ({ example }) => `info ${example}.nacre`,
  options: () => ({ json: jsonOption }),
  async run(context, [argument = "-"], { json }) {
    const source = await oneInput(argument, context.io);
    const file = await readNacre(source);
    checkMedia(context.medium, readStream(file).header, label(source));
    const facts = context.medium.describe(file);
    const contents = contentsOf(file);
    const { perLayer, containerBytes, chunks, media, model, decodeHash, format } = contents;
    const lines = table([
      ...facts.map(({ name, text }) => [words(name), text]),
      ["model", `${model} (decode hash ${decodeHash})`],
      ["container", `format ${format}, ${counted(chunks, "chunk")}, ${containerBytes} bytes`],
      ...layerLines(perLayer),
    ]);
    const head = { media, model, decodeHash, format };
    await report(context, json, { ...head, ...factObject(facts), chunks, containerBytes, perLayer }, lines);
    return 0;
  },
});

function contentsOf(file: Uint8Array) {
  const { header, chunks } = readStream(file);
  const bytes = layerBytes(file);
  return {
    media: header.media,
    model: header.model,
    decodeHash: Buffer.from(header.decodeHash).toString("hex"),
    format: header.version,
    chunks: chunks.length,
    containerBytes: bytes.container,
    perLayer: header.layers.map((layer, i) => ({ ...layer, bytes: bytes.layers[i]! })),
  };
}

// A prefix counts content layers alone, so a number is theirs.
function layerLines(perLayer: ReturnType<typeof contentsOf>["perLayer"]): string[][] {
  let number = 0;
  return perLayer.map(({ role, alphabet, bytes }) => [
    role === "side" ? "side layer" : `layer ${++number}`,
    `${counted(bytes, "byte")}, ${alphabet} entries`,
  ]);
}

// "sampleRate" as a person reads it.
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
