import { extname } from "node:path";
import { type LayerCodes, writeNpy, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { type ConvertValues, convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import { choice } from "../options.js";
import { once, peekModel, sniff } from "../source.js";
import { modelOption, verb } from "../verb.js";

type Format = "npy" | "safetensors";

/** Codes as arrays for other programs. */
export const codes = verb({
  name: "codes",
  arguments: "<input...>",
  summary: ({ noun }) => `write the codes of a ${noun} or a .nacre file as an array for other programs`,
  example: ({ example, extensions: [ending] }) => `codes ${example}${ending} -o ${example}.npy`,
  options: () => ({
    ...convertOptions,
    model: modelOption,
    format: choice<Format>("--format <name>", "npy or safetensors; by default as the name of -o ends", {
      npy: "npy",
      safetensors: "safetensors",
    }),
  }),
  run(context, inputs, options) {
    const { medium } = context;
    const format = formatOf(options, options.format);
    return convert(context, inputs, options, {
      extensions: [...medium.extensions, ".nacre"],
      ending: `.${format}`,
      async work(source, models, task) {
        const { file, signal } = await sniff(source);
        const readable = file ? { ...source, bytes: () => once(file) } : signal;
        const named = file ? (await peekModel(readable)).model : medium.defaultModel;
        const model = await models.open(options.model ?? named);
        const found = await model.codes(readable, task);
        const bytes = format === "npy" ? npyOf(found.codes) : safetensorsOf(found.codes, model.id);
        return { pieces: once(bytes), facts: () => found.facts };
      },
    });
  },
});

function formatOf({ out }: ConvertValues, format: Format | undefined): Format {
  if (format) return format;
  if (out === undefined || out === "-") return "npy";
  const ending = extname(out).toLowerCase();
  if (ending === ".npy") return "npy";
  if (ending === ".safetensors") return "safetensors";
  throw new NacreError("usage", {
    found: `a result called ${out}`,
    expected: "a name that ends in .npy or .safetensors",
    mend: "or choose with --format",
  });
}

/** One array [layers, channels, ...grid]; throws NacreError "option" when layers have different grids. */
function npyOf(layers: readonly (readonly LayerCodes[])[]): Uint8Array {
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

/** An array [channels, ...grid] for each layer, "layer.0" the first. */
function safetensorsOf(layers: readonly (readonly LayerCodes[])[], model: string): Uint8Array {
  const arrays = layers.map((layer, index) => [
    `layer.${index}`,
    { shape: [layer.length, ...(layer[0]?.grid ?? [])], data: joined(layer) },
  ]);
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
