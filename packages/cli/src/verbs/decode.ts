import { convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import { count, toggle } from "../options.js";
import { peekModel } from "../source.js";
import { modelOption, verb } from "../verb.js";

/** .nacre files to signals. */
export const decode = verb({
  name: "decode",
  arguments: "<input...>",
  summary: ({ noun }) => `turn a .nacre file back into a ${noun}`,
  example: ({ example, outputExtension }) => `decode ${example}.nacre -o ${example}${outputExtension}`,
  options: ({ decodeOptions }) => ({
    ...convertOptions,
    model: modelOption,
    layers: count("-l, --layers <k>", "use the first k layers; all of the file by default"),
    recover: toggle("--recover", "go on over damage; what is lost stays empty"),
    ...decodeOptions,
  }),
  run(context, inputs, options) {
    return convert(context, inputs, options, {
      extensions: [".nacre"],
      ending: context.medium.outputExtension,
      async work(source, models, task) {
        // The file names the model that it needs; one that is not installed has to be given as a folder.
        const { model, source: whole } =
          options.model === undefined ? await peekModel(source) : { model: options.model, source };
        return (await models.open(model)).decode(whole, options, task);
      },
    });
  },
});
