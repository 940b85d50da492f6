import { count, number, type Option, positive, text, toggle, toggleOff } from "@nacre/cli";
import { NacreError } from "@nacre/errors";

const rates = ["layers", "quality", "bpp", "psnr"];
const besides = (name: string) => ({ conflicts: rates.filter((each) => each !== name) });

const maxPixels = (usual: string) =>
  count("--max-pixels <n>", `refuse pictures of more pixels; ${usual} by default`);

/** What encoding a picture can be asked for beside what every medium knows. */
export const encodeOptions = {
  quality: number("-q, --quality <x>", "0 to 100, more is better and larger", [0, 100], besides("quality")),
  bpp: positive("--bpp <x>", "bits per pixel of the whole file to land on", besides("bpp")),
  psnr: positive("--psnr <dB>", "PSNR over red, green and blue to reach", besides("psnr")),
  guard: toggleOff("--no-guard", "keep tiles that the networks do badly: for experiments and measurements"),
  strip: toggle("--strip", "leave out EXIF and XMP, which may tell who took a picture and where"),
  maxPixels: maxPixels("40 million"),
};

/** What decoding to a picture can be asked for beside what every medium knows. */
export const decodeOptions = {
  quality: count("-q, --quality <n>", "1 to 100, of JPEG, WebP and AVIF; 95, 95 and 85 by default", {
    conflicts: ["lossless"],
  }),
  lossless: toggle("--lossless", "write WebP or AVIF without loss; PNG and TIFF always are"),
  background: colour("--background <colour>", "six hex digits, such as ffffff, under alpha in a JPEG"),
  strip: toggle("--strip", "leave out EXIF and XMP"),
  maxPixels: maxPixels("268 million"),
};

/** A colour as red, green and blue. */
function colour(flags: string, help: string): Option<readonly [number, number, number]> {
  const { parse: _any, ...option } = text(flags, help);
  return {
    ...option,
    parse(value) {
      const [, red, green, blue] = /^#?([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(value) ?? [];
      if (red && green && blue) return [byteOf(red), byteOf(green), byteOf(blue)];
      throw new NacreError("usage", { found: `--background ${value}`, expected: "six hex digits" });
    },
  };
}

function byteOf(digits: string): number {
  return Number.parseInt(digits, 16);
}
