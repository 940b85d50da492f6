import { resolve } from "node:path";
import { exportOnnx, exportSafetensors } from "@nacre/codec";
import type { ModelMedium } from "./models.js";
import { readModelOf } from "./read-model-of.js";
import { writeWhole } from "./write-whole.js";

/** What is exported, and how. */
export type ExportRequest = {
  medium: ModelMedium;
  /** Name of an installed model, or its folder. */
  model: string;
  /** Folder of the result, made where there is none; files of the same names are replaced. */
  out: string;
  /**
   * "onnx": encoder, quantizer, dequantizer and decoder that any onnxruntime runs; "safetensors": weights and config
   * alone. Both with a README.md.
   */
  form: "onnx" | "safetensors";
  /** Weights of safetensors as fp16 instead of float32. */
  half?: boolean;
};

/** What was written. */
export type ExportedModel = { id: string; folder: string; files: { name: string; bytes: number }[] };

/**
 * Writes a model in a form that other programs read. Nothing is written when it fails.
 *
 * throws NacreError "model" when there is none, it is damaged or of the other medium, "io" when the disk refuses
 */
export async function exportModel({
  medium,
  model: name,
  out,
  form,
  half = false,
}: ExportRequest): Promise<ExportedModel> {
  const { model } = await readModelOf(medium, name);
  const written = form === "onnx" ? exportOnnx(model) : exportSafetensors(model, { half });
  await writeWhole(out, written);
  const files = Object.entries(written).map(([file, data]) => ({
    name: file,
    bytes: Buffer.byteLength(data),
  }));
  return { id: model.id, folder: resolve(out), files };
}
