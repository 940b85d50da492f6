import { type LayerCodes, writeNpy, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import { formatOption, resultEnding } from "../ending.js";
import { checkMedia } from "../other-media.js";
import { label, once, peekHeader, sniff } from "../source.js";
import { modelOption, verb } from "../verb.js";

const endings = [".npy", ".safetensors"] as const;

/** Codes as arrays for other programs. */
export const codes = verb({
  name: "codes",
  arguments: "<input...>",
  summary: ({ noun }) => `write the codes of a ${noun} or a .nacre file as an array for other programs`,
  example: ({ example, extensions: [ending] }) => `codes ${example}${ending} -o ${example}.npy`,
  options: () => ({
    ...convertOptions,
    model: modelOption,
    format: formatOption(endings),
  }),
  run(context, inputs, options) {
    const { medium } = context;
    const ending = resultEnding(options.out, options.format, endings);
    return convert(context, inputs, options, {
      extensions: [...medium.extensions, ".nacre"],
      ending,
      async work(source, models, task) {
        const { file, signal } = await sniff(source);
        const readable = file ? { ...source, bytes: () => once(file) } : signal;
        const header = file && (await peekHeader(readable)).header;
        if (header) checkMedia(medium, header, label(source));
        const model = await models.open(options.model ?? header?.model ?? medium.defaultModel);
        const found = await model.codes(readable, task);
        const bytes = ending === ".npy" ? npyOf(found.codes) : safetensorsOf(found.codes, model.id);
        return { pieces: once(bytes), facts: () => found.facts };
      },
    });
  },
});

/** One array [layers, channels, ...grid] of the content; throws NacreError "option" when its grids differ. */
function npyOf(all: readonly (readonly LayerCodes[])[]): Uint8Array {
  const layers = all.filter(([first]) => first?.role !== "side");
  const grid = layers[0]?.[0]?.grid ?? [];
  if (layers.some((layer) => layer[0]?.grid.join() !== grid.join())) {
    throw new NacreError("option", {
      found: "layers with grids of different sizes",
      expected: "one size, for one .npy array",
      mend: "write .safetensors, which has an array for each layer",
    });
  }
  const shape = [layers.length, layers[0]?.length ?? 0, ...grid];
  return writeNpy({ shape, data: joined(layers.flat()) });
}

/** An array [channels, ...grid] for each layer: "layer.0" the first of the content, "side.0" of what is beside it. */
function safetensorsOf(layers: readonly (readonly LayerCodes[])[], model: string): Uint8Array {
  const counts = { content: 0, side: 0 };
  const arrays = layers.map((layer) => {
    const role = layer[0]?.role ?? "content";
    const array = { shape: [layer.length, ...(layer[0]?.grid ?? [])], data: joined(layer) };
    return [`${role === "side" ? "side" : "layer"}.${counts[role]++}`, array];
  });
  const entries = layers.map((layer) => layer[0]?.alphabet ?? 0).join();
  return writeSafetensors(Object.fromEntries(arrays), { metadata: { model, entries } });
}

function joined(parts: readonly LayerCodes[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    whole.set(data, at);
    at += data.length;
  }
  return whole;
}
