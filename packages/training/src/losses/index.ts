import type { Tensor } from "@nacre/graph";
import { intelligibilityLoss } from "./intelligibility.js";
import { melLoss } from "./mel.js";
import { siSdrLoss, waveformLoss } from "./waveform.js";

/**
 * A loss on the decoded signal.
 *
 * name     in recipes, where it has a share of the gradient, and in the log
 * told     true: its value is told even where its share is 0
 * value    from samples [B, S] of the original and of the estimate, at `sampleRate`; a scalar
 */
export type SignalLoss = {
  name: string;
  told: boolean;
  value(reference: Tensor, estimate: Tensor, sampleRate: number): Tensor;
};

/** Every loss on the decoded signal; adding one is a file and a line here. */
export const signalLosses = [
  { name: "mel", told: true, value: melLoss },
  { name: "waveform", told: true, value: waveformLoss },
  { name: "siSdr", told: true, value: siSdrLoss },
  { name: "intelligibility", told: false, value: intelligibilityLoss },
] as const satisfies readonly SignalLoss[];

/** Shares of the gradient at the decoded signal, by loss; one that is left out is 0. */
export type SignalLossShares = Partial<Record<(typeof signalLosses)[number]["name"], number>>;

/** The losses of a step with their shares: those that have one, and those that are told all the same. */
export function lossesWith(shares: SignalLossShares): { loss: SignalLoss; share: number }[] {
  return signalLosses
    .map((loss) => ({ loss, share: shares[loss.name] ?? 0 }))
    .filter(({ loss, share }) => loss.told || share > 0);
}
