import { convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import { formatOption, resultEnding } from "../ending.js";
import { count, toggle } from "../options.js";
import { checkMedia } from "../other-media.js";
import { label, peekHeader } from "../source.js";
import { modelOption, verb } from "../verb.js";

/** .nacre files to signals. */
export const decode = verb({
  name: "decode",
  arguments: "<input...>",
  summary: ({ noun }) => `turn a .nacre file back into a ${noun}`,
  example: ({ example, outputExtensions: [ending] }) => `decode ${example}.nacre -o ${example}${ending}`,
  options: ({ decodeOptions, outputExtensions }) => ({
    ...convertOptions,
    model: modelOption,
    layers: count("-l, --layers <k>", "use the first k layers; all of the file by default"),
    recover: toggle("--recover", "go on over damage; what is lost stays empty"),
    ...(outputExtensions.length > 1 && { format: formatOption(outputExtensions) }),
    ...decodeOptions,
  }),
  run(context, inputs, options) {
    const { medium } = context;
    const ending = resultEnding(options.out, options.format, medium.outputExtensions);
    return convert(context, inputs, options, {
      extensions: [".nacre"],
      ending,
      async work(source, models, task) {
        // The file names the model that it needs; one that is not installed has to be given as a folder.
        const { header, source: whole } = await peekHeader(source);
        checkMedia(medium, header, label(source));
        return (await models.open(options.model ?? header.model)).decode(whole, { ...options, ending }, task);
      },
    });
  },
});
