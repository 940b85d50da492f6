import { readStream, trimLayers } from "@nacre/bitstream";
import { convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import type { Work } from "../medium.js";
import { count } from "../options.js";
import { checkMedia } from "../other-media.js";
import { label, once, readNacre } from "../source.js";
import { verb } from "../verb.js";

/** .nacre files to smaller ones, without a model. */
export const trim = verb({
  name: "trim",
  arguments: "<input...>",
  summary: () => "keep the first layers of a .nacre file: smaller and coarser, no model needed",
  example: ({ example }) => `trim ${example}.nacre --layers 2 -o ${example}-small.nacre`,
  options: () => ({
    ...convertOptions,
    layers: count("-l, --layers <k>", "layers to keep", { required: true }),
  }),
  run(context, inputs, options) {
    const layers = options.layers ?? 1;
    return convert(context, inputs, options, {
      extensions: [".nacre"],
      // Into another folder under the same name; beside the original under one that says what it is.
      ending: options.outDir === undefined ? `.layers-${layers}.nacre` : ".nacre",
      async work(source): Promise<Work> {
        const whole = await readNacre(source);
        checkMedia(context.medium, readStream(whole).header, label(source));
        const file = trimLayers(whole, layers);
        return { pieces: once(file), facts: () => context.medium.describe(file) };
      },
    });
  },
});
