import { existsSync } from "node:fs";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { factLine, factObject } from "../facts.js";
import { findInputs } from "../inputs.js";
import type { Medium, PairRequest } from "../medium.js";
import { modelName, modelThere } from "../model-folder.js";
import { choice, count, number, text, type Values } from "../options.js";
import { type Context, report, taskOf } from "../verb.js";

/** Options of `models import` for a codec of ONNX files alone. */
export function pairOptions({ pairs }: Medium) {
  const layouts = Object.fromEntries((pairs?.layouts ?? []).map((name) => [name, name]));
  return {
    encoder: text("--encoder <file>", "import: ONNX file that turns samples into codes, or a latent"),
    decoder: text("--decoder <file>", "import: ONNX file that turns codes, or a latent, into samples"),
    quantizer: text("--quantizer <file>", "import: ONNX file that turns a latent into codes"),
    dequantizer: text("--dequantizer <file>", "import: ONNX file that turns codes into a latent"),
    rate: count("--rate <hertz>", "import of ONNX files: the rate that they work at"),
    hop: count("--hop <samples>", "import of ONNX files: samples of a frame; by default found out"),
    entries: count("--entries <n>", "import of ONNX files: codes are 0 to n - 1; by default found out"),
    margin: number(
      "--margin <frames>",
      "import of ONNX files: context of a window; by default measured",
      [0, 4096],
    ),
    layout: choice(
      "--layout <axes>",
      `import of ONNX files: axes of the codes, ${Object.keys(layouts).join(", ")}`,
      layouts,
    ),
    licence: text("--licence <name>", "import of ONNX files: of the weights"),
  };
}

/** What importing ONNX files reads of the verb's options. */
type PairValues = Values<ReturnType<typeof pairOptions>> & {
  out: string | undefined;
  name: string | undefined;
  tables: string | undefined;
  force: true | undefined;
  json: true | undefined;
};

/** Writes a model's folder out of the ONNX files of a codec. */
export async function importedPair(context: Context, options: PairValues): Promise<number> {
  const { medium, io, screen } = context;
  const { out, name, tables, force, json } = options;
  if (!medium.pairs) {
    throw new NacreError("option", {
      found: `ONNX files of ${medium.nouns}`,
      expected: "those of a codec of sounds",
    });
  }
  if (out === undefined)
    throw new NacreError("usage", { found: "no folder for the model", mend: "name one with -o" });
  const given = filesAndRate(options);
  if (!force && existsSync(join(out, "model.json"))) throw modelThere(out, "replace it with --force");
  const signals = tables === undefined ? undefined : await findInputs([tables], medium.extensions, io);
  const task = taskOf(context);
  const request: PairRequest = {
    ...given,
    out,
    name: modelName(name, out, "imported"),
    sounds: signals?.inputs.map(({ source }) => source) ?? [],
    note: (sentence) => screen.note("note", sentence),
  };
  const { id, folder, description, facts } = await medium.pairs.importPair(request, task);
  const result = { model: folder, id, description, ...factObject(facts), warnings: task.warnings };
  await report(context, json, result, `${folder}: model ${id}, ${factLine(facts)}`);
  return 0;
}

function filesAndRate(options: PairValues) {
  const { encoder, decoder, quantizer, dequantizer, rate, hop, entries, margin, layout, licence } = options;
  if (encoder === undefined || decoder === undefined) {
    throw new NacreError("usage", {
      found: `no ${encoder === undefined ? "encoder" : "decoder"}`,
      expected: "both sides of a codec",
      mend: `name its ONNX file with --${encoder === undefined ? "encoder" : "decoder"}`,
    });
  }
  if (rate === undefined) {
    throw new NacreError("usage", {
      found: "no rate, which an ONNX file does not tell",
      mend: "give the hertz that the codec works at with --rate",
    });
  }
  if (margin !== undefined && !Number.isInteger(margin))
    throw new NacreError("usage", { found: `--margin ${margin}`, expected: "a whole number of frames" });
  return {
    ...{ encoder, decoder, rate },
    ...(quantizer !== undefined && { quantizer }),
    ...(dequantizer !== undefined && { dequantizer }),
    ...(hop !== undefined && { hop }),
    ...(entries !== undefined && { entries }),
    ...(margin !== undefined && { margin }),
    ...(layout !== undefined && { layout }),
    ...(licence !== undefined && { licence }),
  };
}
