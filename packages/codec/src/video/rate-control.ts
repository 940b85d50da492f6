import { NacreError } from "@nacre/errors";
import { defaultQuality } from "../picture/picture-quality.js";
import type { CodedFrame, FrameChoice } from "./frame-codec.js";
import type { EncodeVideoOptions } from "./video-codec.js";

/**
 * Chooses how the next frame is coded.
 *
 * A fixed choice is the same for every frame. For a mean rate it keeps an account: every frame earns what it is shown for,
 * what is written is taken off (kbps: everything; bpp: frames), and the next frame may spend what a frame earns and an
 * eighth of the balance, a quarter to four times what a frame earns. The first frame is searched; each later one is coded
 * once, at the quality of the one before, moved by what that one missed; where it lands more than half away, as at a cut,
 * it is searched again. The balance is kept within sixty frames' earnings, so a still hour does not pay for a wild minute.
 */
export type RateControl = {
  /** Seconds that a frame is shown for, before it is chosen for. */
  earn(seconds: number): void;
  choose(): FrameChoice;
  /** What a frame became; the choice to code it by again where it is too far from what it should be. */
  found(frame: CodedFrame, choice: FrameChoice): FrameChoice | undefined;
  /** Bytes that went into the file. */
  spend(bytes: number, of: "frame" | "other"): void;
  /** False where the choice of a frame does not hang on those before it. */
  readonly follows: boolean;
};

const rateNames = ["layers", "quality", "psnr", "bpp", "kbps"] as const;
const patience = 8;
const [leastShare, mostShare] = [1 / 4, 4];
const farOff = 1.5;
const mostBalance = 60;
/** Quality for a doubling of bytes; measured steps are between 8 and 20, and missing is mended by the next frame. */
const qualityPerOctave = 12;

/**
 * The control that options ask for.
 *
 * pixels   of a frame
 * seconds  that an ordinary frame is shown for
 * throws   NacreError "option" for more than one rate, or one out of range
 */
export function rateControl(options: EncodeVideoOptions, pixels: number, seconds: number): RateControl {
  const given = rateNames.filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new NacreError("option", {
      found: given.join(" and "),
      expected: `one of ${rateNames.join(", ")}`,
    });
  }
  const { layers, quality = defaultQuality, psnr, bpp, kbps } = options;
  const wrong = [psnr, bpp, kbps].find((value) => value !== undefined && !(value > 0 && value < Infinity));
  if (wrong !== undefined)
    throw new NacreError("option", { found: `a rate of ${wrong}`, expected: "more than 0" });
  if (bpp !== undefined) return meanRate((bpp * pixels) / 8 / seconds, seconds, ["frame"]);
  if (kbps !== undefined) return meanRate((1000 * kbps) / 8, seconds, ["frame", "other"]);
  if (psnr !== undefined) return fixed({ psnr });
  return fixed(layers === undefined ? { quality } : { layers });
}

function fixed(choice: FrameChoice): RateControl {
  return {
    follows: false,
    earn: () => undefined,
    choose: () => choice,
    found: () => undefined,
    spend: () => undefined,
  };
}

/** bytesPerSecond on the mean; `counted` says what of the file they are. */
function meanRate(
  bytesPerSecond: number,
  seconds: number,
  counted: readonly ("frame" | "other")[],
): RateControl {
  const share = bytesPerSecond * seconds;
  let balance = 0;
  let quality: number | undefined;
  const wanted = () =>
    Math.max(leastShare * share, Math.min(mostShare * share, share + (balance - share) / patience));
  return {
    follows: true,
    earn(shown) {
      balance = Math.min(balance + bytesPerSecond * shown, mostBalance * share);
    },
    choose: () => (quality === undefined ? { bytes: wanted() } : { quality }),
    found(frame, choice) {
      const bytes = Math.max(1, sizeOf(frame));
      if (frame.quality !== undefined) quality = frame.quality;
      const off = Math.log2(wanted() / bytes);
      if ("quality" in choice && Math.abs(off) > Math.log2(farOff)) return { bytes: wanted() };
      quality = Math.max(0, Math.min(100, (quality ?? defaultQuality) + off * qualityPerOctave));
      return undefined;
    },
    spend(bytes, of) {
      if (counted.includes(of)) balance = Math.max(balance - bytes, -mostBalance * share);
    },
  };
}

function sizeOf({ sections }: CodedFrame): number {
  return sections.flat().reduce((sum, { length }) => sum + length, 0);
}
