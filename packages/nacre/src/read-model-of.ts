import type { Model, PictureModel } from "@nacre/codec";
import { readAnyModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";
import { type ModelMedium, modelFolder } from "./models.js";

const words = {
  audio: { of: "sounds", program: "nacre-audio", open: "open" },
  image: { of: "pictures", program: "nacre-image", open: "openPictures" },
} as const;

type ModelOf<M extends ModelMedium> = M extends "image" ? PictureModel : Model;

/**
 * Reads a model that has to be of one medium.
 *
 * name    as modelFolder takes it
 * throws  NacreError "model" when there is none, it is damaged or of the other medium
 */
export async function readModelOf<M extends ModelMedium>(
  medium: M,
  name: string,
): Promise<{ model: ModelOf<M>; folder: string }> {
  const folder = modelFolder(name, medium);
  const model = await readAnyModel(folder);
  if (model.medium === medium) return { model: model as ModelOf<M>, folder };
  const { of, program, open } = words[model.medium];
  throw new NacreError("model", {
    found: `${model.id} is a model of ${of}`,
    expected: `one of ${words[medium].of}`,
    mend: `use it with ${program}, or ${open}() in a program`,
  });
}
