import { verifyStream } from "@nacre/bitstream";
import { counted } from "../facts.js";
import { oneInput } from "../inputs.js";
import { readNacre } from "../source.js";
import { jsonOption, report, verb } from "../verb.js";

/** Whether a .nacre file is as it was written; exit code 1 when it is not. */
export const verify = verb({
  name: "verify",
  arguments: "<file.nacre>",
  summary: () => "check a .nacre file for damage, no model needed",
  example: ({ example }) => `verify ${example}.nacre`,
  options: () => ({ json: jsonOption }),
  async run(context, [argument = "-"], { json }) {
    const file = await readNacre(await oneInput(argument, context.io));
    const { ok, chunks, damage } = verifyStream(file);
    const found = { input: argument, ok, bytes: file.length, chunks, damage };
    const places = damage.map(({ what, chunk }) =>
      chunk === undefined ? `  ${what}` : `  chunk ${chunk + 1}: ${what}`,
    );
    const head = ok
      ? `${argument}: sound, ${counted(chunks, "chunk")}, ${file.length} bytes`
      : `${argument}: damaged in ${counted(damage.length, "place")}`;
    await report(context, json, found, [head, ...places].join("\n"));
    if (!ok) context.screen.note("error", `${argument} is damaged; decode what is sound with --recover`);
    return ok ? 0 : 1;
  },
});
