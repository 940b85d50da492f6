import type { Task } from "@nacre/cli";
import type { OpenedVideoFile } from "@nacre/media/video";
import type { EncodeRequest } from "./options.js";

/** Lines from which on a video without a word of its colours is taken for high definition, as most players do. */
const highDefinition = 720;

/**
 * A video with matrix and range: the file's own, what the user said, or what is usual for its size, with a warning.
 */
export function coloured(
  opened: OpenedVideoFile,
  asked: Pick<EncodeRequest, "matrix" | "range">,
  name: string,
  task: Pick<Task, "warn">,
) {
  const usual = opened.height >= highDefinition ? "bt709" : "bt601";
  const matrix = opened.matrix ?? asked.matrix ?? usual;
  const range = opened.range ?? asked.range ?? "limited";
  const guessed = [
    ...((opened.matrix ?? asked.matrix) ? [] : [`--matrix ${matrix}`]),
    ...((opened.range ?? asked.range) ? [] : [`--range ${range}`]),
  ];
  if (guessed.length > 0)
    task.warn(`${name} does not say what its colours are: taken as if by ${guessed.join(" ")}`);
  return { ...opened, matrix, range };
}
