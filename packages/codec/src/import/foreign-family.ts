import type { TrainedModel } from "../build-model.js";
import type { ForeignTensors } from "./foreign-tensors.js";

/** Model files of another project: the parsed config.json and the bytes of model.safetensors. */
export type ForeignFiles = { config: unknown; weights: Uint8Array };

/** What can be told of a model before it is imported. */
export type ForeignLicence = {
  /** As model.json keeps it. */
  licence: string;
  /** A sentence for the user, before anything is done. */
  notice: string;
};

/** What a model of ours is made of, but its name. */
export type ForeignConversion = Omit<TrainedModel, "name" | "version">;

/**
 * One family of codecs that can be imported. Adding one is a file like encodec.ts and a line in import-model.ts.
 *
 * name      as `--as` takes it
 * licence   of the weights that its project publishes
 * detect    whether config or tensors are of this family
 * convert   to a model of ours, float32 values as they are; throws NacreError "model" for what cannot be taken over
 */
export type ForeignFamily = {
  name: string;
  licence: ForeignLicence;
  detect(config: unknown, tensors: ForeignTensors): boolean;
  convert(config: unknown, tensors: ForeignTensors): ForeignConversion;
};
