import { z } from "zod";
import { loadModel, type Model, type ModelFiles } from "./model.js";
import { unfit } from "./model-parts.js";
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
  return parsed.data.medium === "image" ? loadPictureModel(files) : loadModel(files);
}
