import { trimLayers } from "@nacre/bitstream";
import { convertOptions } from "../conversion.js";
import { convert } from "../convert.js";
import type { Work } from "../medium.js";
import { count } from "../options.js";
import { once, readNacre } from "../source.js";
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
        const file = trimLayers(await readNacre(source), layers);
        return { pieces: once(file), facts: () => context.medium.describe(file) };
      },
    });
  },
});
