import { refuseUnless } from "../recipes/refuse.js";
import type { Augmentation, Range } from "./augment.js";

const parts = ["mix", "noise", "lowPass", "telephone"];

/** throws NacreError "option" when a recipe's augmentation cannot be carried out at its sample rate */
export function checkAugmentation(augmentation: Augmentation, sampleRate: number): void {
  for (const [name, { chance }] of Object.entries(augmentation)) {
    refuseUnless(parts.includes(name), `augmentation "${name}"`, parts.join(", "));
    refuseUnless(chance >= 0 && chance <= 1, `chance ${chance} of ${name}`, "0 .. 1");
  }
  const { mix, noise, lowPass } = augmentation;
  if (mix) checkRange("the level of a mixed crop", mix.level);
  if (noise) checkRange("the distance to noise", noise.snr);
  if (lowPass) checkCutoffs(lowPass.cutoffs, sampleRate);
}

function checkRange(what: string, [least, most]: Range): void {
  const fits = Number.isFinite(least) && Number.isFinite(most) && least <= most;
  refuseUnless(fits, `${least} .. ${most} dB as ${what}`, "two numbers, the lower first");
}

function checkCutoffs(cutoffs: readonly number[], sampleRate: number): void {
  const fits = (hertz: number) => Number.isInteger(hertz) && hertz > 0 && 2 * hertz < sampleRate;
  refuseUnless(
    cutoffs.length > 0 && cutoffs.every(fits),
    `cut-offs at ${cutoffs.join(", ") || "no frequency"} Hz`,
    `whole numbers below ${sampleRate / 2} Hz, half the sample rate`,
  );
}
