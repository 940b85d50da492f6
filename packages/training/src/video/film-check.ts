import { frameDecoder } from "@nacre/decoder";
import { frameEncoder } from "@nacre/encoder";
import { scalarCoding } from "../pictures/scalar-coding.js";
import { refuseUnless } from "../recipes/refuse.js";
import type { FilmRecipe } from "./film-recipe.js";
import { mostIndex, placesOf } from "./warp-graph.js";

/** throws NacreError "option" when a recipe's numbers do not fit each other, "model" for a bad network */
export function checkFilmRecipe(recipe: FilmRecipe): void {
  const { batch, crop, frames, encoder, decoder, quantizer, distortion, keySteps, structure = 0 } = recipe;
  const { layers } = quantizer;
  frameEncoder.parse(encoder);
  frameDecoder.parse(decoder);
  refuseUnless(Number.isInteger(batch) && batch > 0, `batch ${batch}`, "a whole number of at least 1");
  refuseUnless(Number.isInteger(frames) && frames >= 2, `clips of ${frames} frames`, "2 or more");
  refuseUnless(crop > 0 && crop % 64 === 0, `clips of ${crop} pixels`, "a multiple of 64");
  refuseUnless(
    batch * 3 * placesOf(crop) <= mostIndex,
    `${batch} clips of ${crop} pixels`,
    "fewer or smaller ones, whose places a float can number",
  );
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
  refuseUnless(
    keySteps.length === layers && keySteps.every((step) => step > 0),
    `${keySteps.length} steps of key frames`,
    `${layers} positive ones`,
  );
  refuseUnless(structure >= 0 && structure <= 1, `a share of structure of ${structure}`, "0 to 1");
  refuseUnless(structure === 0 || crop >= 192, `clips of ${crop} pixels with structure`, "192 or more");
  scalarCoding(recipe).check();
}
