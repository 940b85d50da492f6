import { counted, type Fact } from "./facts.js";
import type { Task } from "./medium.js";

/** How far a training run is; seconds so far and to the end. */
type Progress = { step: number; steps: number; seconds: number; secondsLeft: number };

/** What training is given of the task around it, and the facts of its end. */
export type TrainingTask = {
  signal: AbortSignal;
  onPack(done: number, total: number): void;
  onNews(news: Progress): void;
  facts(step: number): Fact[];
};

/** Joins a task to a training run of any medium: progress, the signal, and what to tell at the end. */
export function trainingTask({ signal, progress }: Task): TrainingTask {
  let trained = 0;
  return {
    signal,
    onPack: (done, total) => progress(`${done} of ${total} files packed`, done, total),
    onNews({ step, steps, seconds, secondsLeft }) {
      trained = seconds;
      const left = secondsLeft < 90 ? `${Math.round(secondsLeft)} s` : `${Math.round(secondsLeft / 60)} min`;
      progress(`step ${step} of ${steps}, about ${left} left`, step, steps);
    },
    facts: (step) => [
      { name: "steps", value: step, text: counted(step, "step") },
      { name: "trainingSeconds", value: trained, text: `${Math.round(trained)} s of training` },
    ],
  };
}
