import { z } from "zod";
import { loadModel, type Model, type ModelFiles } from "./model.js";
import { unfit } from "./model-parts.js";
import { isPairConfig, loadPairModel } from "./onnx-pair/pair-model.js";
import { loadPictureModel, type PictureModel } from "./picture/picture-model.js";

/** A model of sound or of pictures, told apart by `medium`. */
export type AnyModel = Model | PictureModel;

const mediumSchema = z.object({ medium: z.enum(["audio", "image"]) });

/**
 * Checks the files of a model of any medium and joins them.
 *
 * throws NacreError "model" or "version" as loadModel and loadPictureModel
 */
export async function loadAnyModel(files: ModelFiles): Promise<AnyModel> {
  const parsed = mediumSchema.safeParse(files.config);
  if (!parsed.success) throw unfit(`model.json: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.medium === "image") return loadPictureModel(files);
  if (!isPairConfig(files.config)) return loadModel(files);
  return loadPairModel(files.config, files.graphs ?? {}, files.tables);
}
