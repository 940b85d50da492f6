import type { ModelSummary, PairRequest, Task } from "@nacre/cli";
import { codeOrders, importPair } from "@nacre/nacre";
import { soundPaths } from "./import.js";
import { modelSummary } from "./model-summary.js";

/** Takes over a codec of ONNX files. */
export async function importSoundPair(
  { rate, layout, sounds, note, ...request }: PairRequest,
  task: Task,
): Promise<ModelSummary> {
  const order = codeOrders.find((each) => each === layout);
  const paths = soundPaths(sounds);
  const model = await importPair({
    ...request,
    ...(order === undefined ? {} : { layout: order }),
    sampleRate: rate,
    sounds: paths,
    onNote: note,
    onProgress: (done) => task.progress(`${done} of ${paths.length} sounds counted`, done, paths.length),
    signal: task.signal,
  });
  return modelSummary(model);
}
