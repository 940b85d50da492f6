import { choice, count, number, type Option, positive, text, toggle, toggleOff } from "@nacre/cli";
import { NacreError } from "@nacre/errors";
import type { Fraction } from "@nacre/signal";
import { time } from "./times.js";

const rates = ["layers", "quality", "psnr", "bpp", "kbps"];
const besides = (name: string) => ({ conflicts: rates.filter((each) => each !== name) });

const colours = {
  matrix: choice("--matrix <name>", "bt601 or bt709, where the file does not say what its colours are", {
    bt601: "bt601",
    bt709: "bt709",
  } as const),
  range: choice("--range <name>", "limited or full, where the file does not say it", {
    limited: "limited",
    full: "full",
  } as const),
};

/** What encoding a video can be asked for beside what every medium knows. */
export const encodeOptions = {
  quality: number(
    "-q, --quality <x>",
    "0 to 100 of every frame; 75 by default",
    [0, 100],
    besides("quality"),
  ),
  psnr: positive("--psnr <dB>", "PSNR over red, green and blue of every frame", besides("psnr")),
  bpp: positive("--bpp <x>", "bits per pixel and frame on the mean, sound apart", besides("bpp")),
  kbps: positive("--kbps <x>", "kilobits per second of the whole file on the mean", besides("kbps")),
  intraOnly: toggle("--intra-only", "code every frame on its own; so far every one is"),
  sound: toggleOff("--no-sound", "leave the soundtrack out"),
  soundtrack: text("--soundtrack <file>", "a WAV, FLAC or Ogg file to go with it, instead of its own sound"),
  soundLayers: count("--sound-layers <k>", "layers of the soundtrack; all by default"),
  soundModel: text("--sound-model <name>", "model of sounds for the soundtrack, or its folder"),
  rate: fraction(
    "--rate <fps>",
    "frames per second, such as 24 or 30000/1001, where the input does not say it",
  ),
  ...colours,
  maxPixels: count("--max-pixels <n>", "refuse frames of more pixels; 67 million by default"),
};

/** What decoding to a video can be asked for beside what every medium knows. */
export const decodeOptions = {
  from: time("--from <time>", "begin with the first frame at or after this time, such as 00:00:03"),
  to: time("--to <time>", "end before this time"),
  sound: toggleOff("--no-sound", "leave the soundtrack out"),
  soundModel: text("--sound-model <name>", "folder of the soundtrack's model, where it is no installed one"),
  quality: count("-q, --quality <n>", "1 to 100, of frames as JPEG, WebP and AVIF"),
  maxPixels: count("--max-pixels <n>", "refuse frames of more pixels; 67 million by default"),
};

/** What encoding was asked for. */
export type EncodeRequest = {
  layers?: number;
  quality?: number;
  psnr?: number;
  bpp?: number;
  kbps?: number;
  sound?: boolean;
  soundtrack?: string;
  soundLayers?: number;
  soundModel?: string;
  rate?: Fraction;
  matrix?: "bt601" | "bt709";
  range?: "limited" | "full";
  maxPixels?: number;
};

/** What decoding was asked for; `ending` says which kind of result to make, `out` and `outDir` where it goes. */
export type DecodeRequest = {
  ending: string;
  out?: string;
  outDir?: string;
  layers?: number;
  recover?: boolean;
  from?: number;
  to?: number;
  sound?: boolean;
  soundModel?: string;
  quality?: number;
  maxPixels?: number;
};

function fraction(flags: string, help: string): Option<Fraction> {
  return {
    flags,
    help,
    parse(value) {
      const [, whole, part, below] = /^(\d{1,6})(?:\.(\d{1,3})|\/(\d{1,6}))?$/.exec(value) ?? [];
      const denominator = below ? Number(below) : 10 ** (part?.length ?? 0);
      const numerator = Number(`${whole}${part ?? ""}`);
      if (whole !== undefined && numerator > 0 && denominator > 0) return { numerator, denominator };
      throw new NacreError("usage", {
        found: `--rate ${value}`,
        expected: "a rate such as 24, 29.97 or 30000/1001",
      });
    },
  };
}
