import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { NacreError, naming } from "@nacre/errors";
import { type Fact, factLine, factObject } from "../facts.js";
import { interruptedCode } from "../interrupt.js";
import { modelName, modelThere } from "../model-folder.js";
import { count, text } from "../options.js";
import { type Context, forceOption, jsonOption, report, taskOf, verb } from "../verb.js";

/** A model of the user's own files. */
export const train = verb({
  name: "train",
  arguments: "<folder...>",
  summary: ({ nouns }) => `train a model on your own ${nouns}`,
  example: ({ nouns }) => `train my-${nouns} -o my-model --steps 2000`,
  options: () => ({
    out: text("-o, --out <folder>", "folder of the model; by default its name"),
    name: text("--name <name>", "of the model; by default that of its folder"),
    steps: count("--steps <n>", "steps of training; by default as many as the recipe says"),
    from: text("--from <model>", "name or folder of a model to begin from; by default none"),
    recipe: text("--recipe <name>", "name of a recipe, or a .json file with one"),
    force: forceOption,
    json: jsonOption,
  }),
  async run(context, inputs, { out, name, steps, from, recipe, force, json }) {
    const folder = out ?? name ?? `${basename(resolve(inputs[0] ?? "."))}-model`;
    if (!force && existsSync(join(folder, "model.json"))) {
      throw modelThere(folder, "go on training it with --force");
    }
    const work = `${resolve(folder)}.training`;
    const request = {
      inputs,
      out: folder,
      work,
      name: modelName(name, folder, "own"),
      ...(steps !== undefined && { steps }),
      ...(from !== undefined && { from }),
      ...(recipe !== undefined && { recipe }),
    };
    if (existsSync(work)) context.screen.note("note", `going on from what is in ${work}`);
    const task = taskOf(context);
    const made = await remembering(work, inputs, () => context.medium.train(request, task));
    const result = { model: made.folder, work, ...factObject(made.facts), warnings: task.warnings };
    await report(context, json, result, trained(made, work, request.name));
    return stopped(context);
  },
});

function trained(
  { folder, facts }: { folder: string; facts: readonly Fact[] },
  work: string,
  name: string,
): string {
  return [
    `${folder}: model ${name}, ${factLine(facts)}`,
    `${work}: checkpoint, log and packed files; needed only to go on training`,
  ].join("\n");
}

// What was packed once is not packed again, so going on with other files would silently train on the old ones.
async function remembering<T>(
  work: string,
  inputs: readonly string[],
  training: () => Promise<T>,
): Promise<T> {
  const note = join(work, "inputs.json");
  const asked = JSON.stringify(inputs.map((input) => resolve(input)));
  const before = await readFile(note, "utf8").catch(() => asked);
  if (before !== asked) {
    throw new NacreError("usage", {
      found: `${work} was packed from ${JSON.parse(before).join(", ")}`,
      mend: "choose another folder with -o, or delete that one",
    });
  }
  await naming(work, mkdir(work, { recursive: true }));
  await naming(note, writeFile(note, asked));
  try {
    return await training();
  } catch (error) {
    // Nothing was packed: leave no trace that would refuse a better attempt.
    if ((await readdir(work)).join() === basename(note)) await rm(work, { recursive: true });
    throw error;
  }
}

function stopped({ interrupt, screen }: Context): number {
  if (!interrupt.signal.aborted) return 0;
  screen.note(
    "note",
    "interrupted; the model has what was learned, and the same command with --force goes on",
  );
  return interruptedCode;
}
