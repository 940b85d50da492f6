import { factObject } from "../facts.js";
import { table } from "../table.js";
import { jsonOption, report, verb } from "../verb.js";

/** The installed models. */
export const models = verb({
  name: "models",
  arguments: "",
  summary: () => "list the installed models",
  example: () => "models",
  options: () => ({ json: jsonOption }),
  async run(context, _inputs, { json }) {
    const { medium } = context;
    const found = await medium.models();
    const object = found.map(({ facts, ...rest }) => ({ ...rest, ...factObject(facts) }));
    const lines =
      found.length === 0
        ? `No model is installed: add the package of one, such as @nacre/model-${medium.defaultModel}, or train your own.`
        : table(
            found.map(({ id, facts, description }) => [id, ...facts.map(({ text }) => text), description]),
          );
    await report(context, json, { models: object }, lines);
    return 0;
  },
});
