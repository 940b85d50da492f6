import { extname } from "node:path";
import { NacreError } from "@nacre/errors";
import { ascii } from "../wav-walk.js";

/** The kinds of picture file that are read; all but GIF are written. */
export type PictureFormat = "png" | "jpeg" | "webp" | "avif" | "tiff" | "gif";

/** The kinds of picture file that are written. */
export type WritableFormat = Exclude<PictureFormat, "gif">;

const endings: Readonly<Record<string, WritableFormat>> = {
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".webp": "webp",
  ".avif": "avif",
  ".tif": "tiff",
  ".tiff": "tiff",
};

/** The format that a path's ending names; throws NacreError "option" for any other. */
export function pictureFormatOf(path: string): WritableFormat {
  const ending = extname(path).toLowerCase();
  const format = endings[ending];
  if (format) return format;
  throw new NacreError("option", {
    found: `${path} ends in ${ending ? `"${ending}"` : "nothing"}`,
    expected: `one of ${Object.keys(endings).join(", ")}`,
    mend: "name the format, or give the file one of these endings",
  });
}

/** The format that a file's first bytes tell; throws NacreError "media", with a guess, for what is no picture. */
export function pictureFormatIn(start: Uint8Array, name: string): PictureFormat {
  if (start.length === 0)
    throw new NacreError("media", { found: `${name} is empty`, expected: "a picture file" });
  const format = knownFormat(start);
  if (format) return format;
  const guess = foreign.find(({ is }) => is(start)) ?? {
    says: "is not a picture file of a known kind",
    mend: "convert it to PNG first",
  };
  throw new NacreError("media", {
    found: `${name} ${guess.says}`,
    expected: "PNG, JPEG, WebP, AVIF, TIFF or GIF",
    mend: guess.mend,
  });
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The format that the first 12 bytes or more tell; undefined for what is no picture. */
export function knownFormat(start: Uint8Array): PictureFormat | undefined {
  if (begins(start, pngSignature)) return "png";
  if (begins(start, [0xff, 0xd8, 0xff])) return "jpeg";
  if (ascii(start, 0) === "RIFF" && ascii(start, 8) === "WEBP") return "webp";
  if (ascii(start, 0) === "GIF8" && /^[79]a$/.test(text(start, 4, 2))) return "gif";
  if (begins(start, [0x49, 0x49, 42, 0]) || begins(start, [0x49, 0x49, 43, 0])) return "tiff";
  if (begins(start, [0x4d, 0x4d, 0, 42]) || begins(start, [0x4d, 0x4d, 0, 43])) return "tiff";
  return ascii(start, 4) === "ftyp" && brands(start).some((brand) => /^avi[fs]$/.test(brand))
    ? "avif"
    : undefined;
}

/** The brands of an ISO media file: what it says it is, the first foremost. */
export function brands(start: Uint8Array): string[] {
  const end = Math.min(new DataView(start.buffer, start.byteOffset).getUint32(0), start.length);
  const listed: string[] = [];
  for (let at = 16; at + 4 <= end; at += 4) listed.push(text(start, at, 4));
  return [text(start, 8, 4), ...listed];
}

type Guess = { is(start: Uint8Array): boolean; says: string; mend: string };

const toPng = "convert it to PNG first";
const sound = "name a picture; nacre-audio codes sounds";
const film = "name a picture; nacre-video codes films";

/** Files that people hand over in place of a picture that can be read; the first that fits is told. */
const foreign: readonly Guess[] = [
  {
    is: (start) => text(start, 0, 4) === "NACR",
    says: "is a .nacre file already",
    mend: "turn it back into a picture with decode",
  },
  {
    is: (start) => /^(ï»¿)?\s*</.test(text(start)) && /<svg[\s>]/.test(text(start)),
    says: "is an SVG drawing, which has no pixels of its own",
    mend: "draw it as PNG at the size you want first",
  },
  {
    is: (start) => text(start, 1, 3) === "PNG",
    says: "has a PNG signature that is damaged",
    mend: "copy it as bytes, not as text",
  },
  {
    is: (start) => /^(heic|heix|mif1|msf1|hevc)$/.test(brandOf(start)),
    says: "looks like HEIC",
    mend: toPng,
  },
  {
    is: (start) => begins(start, [0xff, 0x0a]) || text(start, 4, 4) === "JXL ",
    says: "looks like JPEG XL",
    mend: toPng,
  },
  {
    is: (start) => text(start, 4, 4) === "jP  " || begins(start, [0xff, 0x4f, 0xff, 0x51]),
    says: "looks like JPEG 2000",
    mend: toPng,
  },
  { is: (start) => text(start, 0, 2) === "BM", says: "looks like BMP", mend: toPng },
  { is: (start) => text(start, 0, 4) === "8BPS", says: "looks like a Photoshop file", mend: toPng },
  {
    is: (start) => text(start, 0, 4) === "%PDF",
    says: "looks like PDF, which holds pages and no picture",
    mend: "draw its page as PNG first",
  },
  { is: (start) => /^P[1-7]\s/.test(text(start, 0, 3)), says: "looks like PNM", mend: toPng },
  {
    is: (start) => text(start, 0, 4) === "RIFF" && text(start, 8, 3) === "AVI",
    says: "looks like an AVI film",
    mend: film,
  },
  {
    is: (start) => text(start, 4, 4) === "ftyp" || begins(start, [0x1a, 0x45, 0xdf, 0xa3]),
    says: "looks like a film",
    mend: film,
  },
  {
    is: (start) => /^(RIFF|RIFX|RF64|BW64|fLaC|OggS|FORM)/.test(text(start, 0, 4)),
    says: "looks like a sound",
    mend: sound,
  },
  {
    is: (start) => text(start, 0, 3) === "ID3" || (start[0] === 0xff && (start[1]! & 0xe0) === 0xe0),
    says: "looks like MP3",
    mend: sound,
  },
];

function brandOf(start: Uint8Array): string {
  return text(start, 4, 4) === "ftyp" ? text(start, 8, 4) : "";
}

function begins(start: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => start[at] === byte);
}

function text(start: Uint8Array, at = 0, length: number = start.length): string {
  return Buffer.from(start.subarray(at, at + length)).toString("latin1");
}
