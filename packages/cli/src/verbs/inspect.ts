import { basename } from "node:path";
import { NacreError } from "@nacre/errors";
import { layerReportJsonSchema, measuresOf } from "@nacre/inspect";
import { oneInput } from "../inputs.js";
import { listOfMeasures, measuresOption } from "../measures-option.js";
import type { Inspection, InspectRequest, Medium } from "../medium.js";
import { createModels } from "../models.js";
import { text, toggle } from "../options.js";
import { checkMedia } from "../other-media.js";
import { type Output, openOutput, pipeOutput } from "../output.js";
import { label, once, peekHeader, type Source, sniff } from "../source.js";
import { type Context, forceOption, jsonOption, modelOption, report, taskOf, verb } from "../verb.js";

/** What each layer costs, carries and does. */
export const inspect = verb({
  name: "inspect",
  arguments: "[input]",
  summary: ({ noun }) => `show what each layer costs and gives, of a ${noun} or a .nacre file`,
  example: ({ example, extensions: [ending] }) => `inspect ${example}${ending} --page ${example}.html`,
  options: ({ noun }) => ({
    model: modelOption,
    page: text("-p, --page <file.html>", "write one page with charts, pictures and players"),
    measures: measuresOption,
    all: toggle("--all", "take every measure, also those that cost time", { conflicts: ["measures"] }),
    against: text(
      "--against <file>",
      `another ${noun} or .nacre file, to measure how the use of codes drifts`,
    ),
    schema: toggle("--schema", "print the JSON Schema of --json and nothing else"),
    original: text("--original <file>", `the ${noun} that a .nacre file was made from, to measure quality`),
    force: forceOption,
    json: jsonOption,
  }),
  async run(context, [argument = "-"], options) {
    const { medium, io } = context;
    const { model, page, measures, schema, force, json } = options;
    if (schema) return printed(context, layerReportJsonSchema());
    if (measures === "list") return told(context, json);
    if (measures) measuresOf(measures);
    if (page === "-" && json) throw bothToStandardOutput();
    const source = await oneInput(argument, io);
    const asked = await requestOf(context, options, argument);
    const sources = [source, asked.original, asked.against];
    const output = page === undefined ? undefined : await openPage(context, page, sources, force);
    const models = createModels(medium);
    try {
      const prepared = await prepare(medium, source, model);
      const open = await models.open(prepared.model ?? medium.defaultModel);
      const found = await open.inspect(prepared.source, asked, taskOf(context, argument));
      if (output && found.page !== undefined) await output.write(new TextEncoder().encode(found.page));
      await output?.keep();
      if (page !== "-") await report(context, json, found.report, withPage(found, page));
      return 0;
    } catch (error) {
      await output?.drop();
      throw error;
    } finally {
      await models.close();
    }
  },
});

/** What the options say of the work itself. */
type Asked = {
  page: string | undefined;
  original: string | undefined;
  against: string | undefined;
  all: true | undefined;
  measures: readonly string[] | "list" | undefined;
};

async function requestOf(
  { io, command }: Context,
  { page, original, against, ...chosen }: Asked,
  argument: string,
): Promise<InspectRequest> {
  const measured = original === undefined ? undefined : await oneInput(original, io);
  const others = against === undefined ? undefined : await oneInput(against, io);
  const taken = takenOf(chosen, others);
  return {
    ...(measured && { original: measured }),
    ...(taken && { measures: taken }),
    ...(others && { against: others }),
    ...(page !== undefined && { page: { title: basename(argument), command } }),
  };
}

// Drift is asked for by naming what to hold the codes against.
function takenOf(
  { all, measures }: Pick<Asked, "all" | "measures">,
  others: Source | undefined,
): InspectRequest["measures"] {
  if (all) return "all";
  if (measures === undefined || measures === "list") return undefined;
  return others ? [...measures, "drift"] : measures;
}

async function printed(context: Context, object: object): Promise<number> {
  await report(context, true, object, "");
  return 0;
}

async function told(context: Context, json: boolean | undefined): Promise<number> {
  const { measures, lines } = listOfMeasures();
  await report(context, json, { measures }, lines);
  return 0;
}

// A .nacre file names its model; a signal is coded with the default one.
async function prepare(
  medium: Medium,
  source: Source,
  model: string | undefined,
): Promise<{ source: Source; model?: string }> {
  const { file, signal } = await sniff(source);
  if (!file) return { source: signal, ...(model === undefined ? {} : { model }) };
  const whole = { ...source, bytes: () => once(file) };
  const { header } = await peekHeader(whole);
  checkMedia(medium, header, label(source));
  return { source: whole, model: model ?? header.model };
}

function openPage(
  { io, interrupt }: Context,
  page: string,
  sources: readonly (Source | undefined)[],
  force: boolean | undefined,
): Promise<Output> | Output {
  if (page === "-") return pipeOutput(io);
  const inputs = sources.flatMap((source) => source?.path ?? []);
  return openOutput(page, { force: force === true, inputs, temporaries: interrupt.temporaries });
}

function withPage({ table }: Inspection, page: string | undefined): string {
  return page === undefined ? table : `${table}\n\n${page}: open it in a browser`;
}

function bothToStandardOutput(): NacreError {
  return new NacreError("usage", {
    found: "--json and --page - both on the standard output",
    mend: "name a file for the page",
  });
}
