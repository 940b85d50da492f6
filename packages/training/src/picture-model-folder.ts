import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildPictureModel, modelText } from "@nacre/codec";
import { modelFiles } from "@nacre/codec/node";
import { pictureDecoder } from "@nacre/decoder";
import { pictureEncoder } from "@nacre/encoder";
import { NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import type { Picture } from "@nacre/signal";
import { exportContext } from "./context/export-context.js";
import type { ModelLabel, ModelWriting } from "./model-folder.js";
import type { PictureCorpus } from "./pictures/picture-corpus.js";
import { hasScalars, type PictureRecipe } from "./pictures/picture-recipe.js";
import { sizesOf, trainedSteps } from "./pictures/scalar-coding.js";
import type { Weights } from "./plan.js";
import { randomFor } from "./random.js";
import { writeWhole } from "./write-whole.js";

/** Tiles of 512 pixels and 64 around them, in positions of 16. */
const tile = { size: 32, encoderMargin: 4, decoderMargin: 4 };
/** Pixels along a side of the crops that tables are counted over: one tile each. */
const tableCrop = 512;
/** Pixels of training pictures that the tables are counted over. */
const tablePixels = 50e6;

/**
 * Writes trained weights as a model's folder: model.json, weights.safetensors, tables.bin.
 *
 * The tables are counted over the corpus' training part. Files get their names when they are whole.
 *
 * throws NacreError "option" for a recipe whose quantizer has no model yet: codebooks and finite scalars
 */
export async function writePictureModel(
  folder: string,
  recipe: PictureRecipe,
  { parameters }: Weights,
  label: ModelLabel,
  corpus: PictureCorpus,
  runtime: Runtime,
  writing: ModelWriting = {},
): Promise<void> {
  if (!hasScalars(recipe)) throw noModel(recipe);
  const { encoder, decoder, quantizer, context } = recipe;
  const { kind, layers, reach, deadZone } = quantizer;
  const built = await buildPictureModel(
    {
      ...label,
      tile,
      encoder: { architecture: pictureEncoder.name, version: pictureEncoder.version, config: encoder },
      decoder: { architecture: pictureDecoder.name, version: pictureDecoder.version, config: decoder },
      quantizer: { kind, layers, dimension: encoder.latentDim, reach, deadZone },
      context: exportContext(sizesOf(recipe), context, parameters, reach),
      scales: context,
      parameters: { ...parameters, "quantizer.steps": trainedSteps(recipe, parameters) },
    },
    tablePictures(corpus, recipe.seed),
    runtime,
    writing,
  );
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, modelFiles.weights), built.weights);
  await writeWhole(join(folder, modelFiles.tables), built.tables);
  await writeWhole(join(folder, modelFiles.config), modelText(built));
}

function noModel({ name, quantizer }: PictureRecipe): NacreError {
  return new NacreError("option", {
    found: `recipe "${name}" with a quantizer of kind "${quantizer.kind}"`,
    expected:
      "residual-scalar: an integer model of probabilities and a bitstream are there for no other kind",
    mend: "train a recipe of residual scalars to get a model; the other kinds can be trained and validated",
  });
}

/** Crops of pictures drawn from the seed, as large as a tile where the picture is. */
function* tablePictures(corpus: PictureCorpus, seed: number): Generator<Picture> {
  const random = randomFor(seed, 5);
  const total = corpus.train.reduce((sum, { width, height }) => sum + width * height, 0);
  for (let left = Math.min(tablePixels, total); left > 0; ) {
    const picture = corpus.train[Math.floor(random() * corpus.train.length)]!;
    const size = Math.min(tableCrop, picture.width, picture.height);
    const pixels = new Uint8Array(3 * size * size);
    const [x, y] = [picture.width, picture.height].map((each) => Math.floor(random() * (each - size + 1)));
    corpus.read(picture, x!, y!, size, pixels);
    const planes = [0, 1, 2].map((colour) =>
      Uint8Array.from({ length: size * size }, (_, at) => pixels[3 * at + colour]!),
    );
    yield { width: size, height: size, colour: "rgb", bitDepth: 8, planes };
    left -= size * size;
  }
}
