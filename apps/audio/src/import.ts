import type { ImportRequest, ModelSummary, Source, Task } from "@nacre/cli";
import { NacreError } from "@nacre/errors";
import { importModel } from "@nacre/nacre";
import { modelSummary } from "./model-summary.js";

/** Takes over another project's codec of sound. */
export async function importSoundModel(
  { as, sounds, licence, ...request }: ImportRequest,
  task: Task,
): Promise<ModelSummary> {
  const paths = soundPaths(sounds);
  const model = await importModel({
    ...request,
    ...(as === undefined ? {} : { family: as }),
    sounds: paths,
    onLicence: licence,
    onProgress: (done) => task.progress(`${done} of ${paths.length} sounds counted`, done, paths.length),
    signal: task.signal,
  });
  return modelSummary(model);
}

/** Paths of sounds to count codes in. throws NacreError "usage" for a pipe */
export function soundPaths(sounds: readonly Source[]): string[] {
  return sounds.map(({ name, path }) => {
    if (path !== undefined) return path;
    throw new NacreError("usage", { found: `--tables ${name}`, expected: "a folder of sounds" });
  });
}
