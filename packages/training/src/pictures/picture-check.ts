import { pictureDecoder } from "@nacre/decoder";
import { pictureEncoder } from "@nacre/encoder";
import { refuseUnless } from "../recipes/refuse.js";
import { codingOf } from "./coding.js";
import type { PictureRecipe } from "./picture-recipe.js";

/** throws NacreError "option" when a recipe's numbers do not fit each other, "model" for a bad network */
export function checkPictureRecipe(recipe: PictureRecipe): void {
  const { batch, crop, encoder, decoder, quantizer, distortion, structure = 0 } = recipe;
  const { layers } = quantizer;
  pictureEncoder.parse(encoder);
  pictureDecoder.parse(decoder);
  refuseUnless(Number.isInteger(batch) && batch > 0, `batch ${batch}`, "a whole number of at least 1");
  refuseUnless(crop > 0 && crop % 64 === 0, `crops of ${crop} pixels`, "a multiple of 64");
  for (const name of ["latentDim", "sideChannels"] as const) {
    const [mine, other] = [encoder[name], decoder[name]];
    refuseUnless(mine === other, `${name} ${mine} in the encoder and ${other} in the decoder`, "one value");
  }
  refuseUnless(
    decoder.layers === layers,
    `${layers} layers and a decoder of ${decoder.layers}`,
    "one number",
  );
  refuseUnless(distortion.length === layers, `${distortion.length} worths of an error`, `${layers}`);
  refuseUnless(structure >= 0 && structure <= 1, `a share of structure of ${structure}`, "0 to 1");
  refuseUnless(structure === 0 || crop >= 192, `crops of ${crop} pixels with structure`, "192 or more");
  codingOf(recipe).check();
}
