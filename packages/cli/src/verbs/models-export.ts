import { readdir } from "node:fs/promises";
import { NacreError, naming, systemCode } from "@nacre/errors";
import { toggle, type Values } from "../options.js";
import { type Context, modelOption, report } from "../verb.js";

/** Options of `models export` alone. */
export const exportOptions = {
  onnx: toggle("--onnx", "export: graphs that any onnxruntime runs", { conflicts: ["safetensors"] }),
  safetensors: toggle("--safetensors", "export: weights and config alone"),
  half: toggle("--half", "export: weights of safetensors as fp16 instead of float32", {
    conflicts: ["onnx"],
  }),
  model: modelOption,
};

/** What `models export` reads of the verb's options. */
type ExportValues = Values<typeof exportOptions> & {
  out: string | undefined;
  force: true | undefined;
  json: true | undefined;
};

/** Writes a model for other programs. */
export async function exported(context: Context, options: ExportValues): Promise<number> {
  const { medium } = context;
  const { out, force, json, half = false, model = medium.defaultModel } = options;
  const form = formOf(options);
  if (!medium.exportModel)
    throw new NacreError("option", {
      found: `a model of ${medium.nouns} to export`,
      expected: "one of sounds or pictures",
    });
  if (out === undefined)
    throw new NacreError("usage", { found: "no folder for the files", mend: "name one with -o" });
  if (!force && (await filesIn(out)).length > 0) {
    throw new NacreError("exists", {
      found: `${out} is not empty`,
      mend: "write into it with --force, or choose another folder with -o",
    });
  }
  const { id, folder, files } = await medium.exportModel({ model, out, form, half });
  const lines = files.map(({ name, bytes }) => `  ${name.padEnd(18)} ${bytes} bytes`);
  await report(
    context,
    json,
    { model: id, folder, files },
    [`${folder}: ${id} as ${form}`, ...lines].join("\n"),
  );
  return 0;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    return naming(folder, Promise.reject(error));
  }
}

function formOf({ onnx, safetensors }: ExportValues): "onnx" | "safetensors" {
  if (onnx) return "onnx";
  if (safetensors) return "safetensors";
  throw new NacreError("usage", { found: "models export", expected: "--onnx or --safetensors" });
}
