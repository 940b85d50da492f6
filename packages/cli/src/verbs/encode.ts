import { convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import { count, type Option } from "../options.js";
import { modelOption, verb } from "../verb.js";

/** Signals to .nacre files. */
export const encode = verb({
  name: "encode",
  arguments: "<input...>",
  summary: ({ noun }) => `turn a ${noun} into a .nacre file`,
  example: ({ example, extensions: [ending] }) => `encode ${example}${ending} -o ${example}.nacre --layers 4`,
  options: ({ encodeOptions }) => ({
    ...convertOptions,
    model: modelOption,
    layers: count("-l, --layers <k>", "keep the first k layers; all by default", {
      conflicts: Object.keys(encodeOptions).filter((name) => excludesLayers(encodeOptions[name])),
    }),
    ...encodeOptions,
  }),
  run(context, inputs, options) {
    const { defaultModel, extensions, folders = false } = context.medium;
    const model = options.model ?? defaultModel;
    return convert(context, inputs, options, {
      extensions,
      ending: ".nacre",
      folders,
      model,
      work: async (source, models, task) => (await models.open(model)).encode(source, options, task),
    });
  },
});

function excludesLayers(option: Option<unknown> | undefined): boolean {
  return option?.conflicts?.includes("layers") === true;
}
