import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModel, modelText } from "@nacre/codec";
import { modelFiles, readModel } from "@nacre/codec/node";
import { createRuntime } from "@nacre/runtime/node";

/** A model of residual vectors whose weights were never trained. */
export const tinyModel = fileURLToPath(new URL("../../../packages/codec/test/tiny-model", import.meta.url));

/** Sizes of the alphabets in a frame and layer of `scalarsModel`: some no power of two. */
export const scalarLevels = [5, 3, 7, 2, 3, 3, 5, 9];

/** The same networks with three layers of finite scalars, in a folder of its own, to be removed after. */
export async function scalarsModel(sound: Float32Array): Promise<string> {
  const { config, parameters } = await readModel(tinyModel);
  const { encoder, decoder } = config;
  const built = await buildModel(
    {
      ...{ name: "scalars", version: 1, description: "", licence: "none", provenance: {} },
      ...{ framesPerChunk: 75, encoder, decoder, parameters },
      quantizer: {
        ...{ kind: "residual-finite-scalar", version: 1, variant: "equal-cells", convention: "levels" },
        ...{ layers: 3, levels: scalarLevels },
      },
    },
    [sound],
    createRuntime({ worker: false }),
  );
  const folder = await mkdtemp(join(tmpdir(), "nacre-scalars-"));
  await writeFile(join(folder, modelFiles.config), modelText(built));
  await writeFile(join(folder, modelFiles.weights), built.weights);
  await writeFile(join(folder, modelFiles.tables), built.tables);
  return folder;
}
