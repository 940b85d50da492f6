import type { Task } from "@nacre/cli";
import type { OpenedVideoFile } from "@nacre/media/video";
import type { EncodeRequest } from "./options.js";

/** Lines from which on a video without a word of its colours is taken for high definition, as most players do. */
const highDefinition = 720;

/** The matrix that is usual for a height, and that players take where a file does not say it. */
export function usualMatrix(height: number): "bt601" | "bt709" {
  return height >= highDefinition ? "bt709" : "bt601";
}

/**
 * A video with matrix and range: the file's own, what the user said, or what is usual for its size, with a warning.
 */
export function coloured(
  opened: OpenedVideoFile,
  asked: Pick<EncodeRequest, "matrix" | "range">,
  name: string,
  task: Pick<Task, "warn">,
) {
  const matrix = opened.matrix ?? asked.matrix ?? usualMatrix(opened.height);
  const range = opened.range ?? asked.range ?? "limited";
  const guessed = [
    ...((opened.matrix ?? asked.matrix) ? [] : [`--matrix ${matrix}`]),
    ...((opened.range ?? asked.range) ? [] : [`--range ${range}`]),
  ];
  if (guessed.length > 0)
    task.warn(`${name} does not say what its colours are: taken as if by ${guessed.join(" ")}`);
  return { ...opened, matrix, range };
}
