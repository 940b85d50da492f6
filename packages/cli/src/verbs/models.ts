import { existsSync } from "node:fs";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { factLine, factObject } from "../facts.js";
import { findInputs } from "../inputs.js";
import type { Medium } from "../medium.js";
import { modelName, modelThere } from "../model-folder.js";
import { choice, text, type Values } from "../options.js";
import { table } from "../table.js";
import { type Context, forceOption, jsonOption, report, taskOf, verb } from "../verb.js";
import { exported, exportOptions } from "./models-export.js";
import { importedPair, pairOptions } from "./models-pair.js";

/** The installed models; `import` takes over one of another project. */
export const models = verb({
  name: "models",
  arguments: "[action] [file]",
  summary: ({ importable }) =>
    importable.length === 0
      ? "list the installed models, or export one for other programs"
      : "list the installed models, import one of another project, or export one for other programs",
  example: ({ importable }) =>
    importable.length === 0
      ? "models export --onnx -o folder"
      : `models import ${importable[0]}-folder -o my-model`,
  options: optionsOf,
  async run(context, inputs, options) {
    const [action, from] = inputs;
    if (action === undefined) return listed(context, options);
    if (action === "import" && from !== undefined && inputs.length === 2)
      return imported(context, from, options);
    if (action === "import" && inputs.length === 1 && (options.encoder ?? options.decoder) !== undefined)
      return importedPair(context, options);
    if (action === "export" && inputs.length === 1) return exported(context, options);
    throw new NacreError("usage", {
      found: `models ${inputs.join(" ")}`,
      expected:
        '"models", "models import" and a file or folder, or --encoder and --decoder, or "models export"',
    });
  },
});

type ModelsOptions = Values<ReturnType<typeof optionsOf>>;

function optionsOf(medium: Medium) {
  const { importable, nouns } = medium;
  const families = Object.fromEntries(importable.map((name) => [name, name]));
  return {
    as: choice(
      "--as <family>",
      `import: what it is, ${importable.join(", ")}; by default found out`,
      families,
    ),
    out: text("-o, --out <folder>", "import: folder of the new model; export: folder of the files"),
    name: text("--name <name>", "import: of the model; by default that of its folder"),
    tables: text("--tables <folder>", `import: ${nouns} to count codes in, so that files get smaller`),
    ...pairOptions(medium),
    ...exportOptions,
    force: forceOption,
    json: jsonOption,
  };
}

async function listed(context: Context, { json }: ModelsOptions): Promise<number> {
  const { medium } = context;
  const found = await medium.models();
  const object = found.map(({ facts, ...rest }) => ({ ...rest, ...factObject(facts) }));
  const lines =
    found.length === 0
      ? `No model is installed: add the package of one, such as @nacre/model-${medium.defaultModel}, or train your own.`
      : table(found.map(({ id, facts, description }) => [id, ...facts.map(({ text }) => text), description]));
  await report(context, json, { models: object }, lines);
  return 0;
}

async function imported(context: Context, from: string, options: ModelsOptions): Promise<number> {
  const { medium, io, screen } = context;
  const { as, out, name, tables, force, json } = options;
  if (out === undefined)
    throw new NacreError("usage", { found: "no folder for the model", mend: "name one with -o" });
  if (!force && existsSync(join(out, "model.json"))) throw modelThere(out, "replace it with --force");
  const signals = tables === undefined ? undefined : await findInputs([tables], medium.extensions, io);
  const task = taskOf(context);
  const request = {
    from,
    out,
    name: modelName(name, out, "imported"),
    sounds: signals?.inputs.map(({ source }) => source) ?? [],
    licence: (sentence: string) => screen.note("note", sentence),
    ...(as !== undefined && { as }),
  };
  const { id, folder, description, facts } = await medium.importModel(request, task);
  const result = { model: folder, id, description, ...factObject(facts), warnings: task.warnings };
  await report(context, json, result, `${folder}: model ${id}, ${factLine(facts)}`);
  return 0;
}
