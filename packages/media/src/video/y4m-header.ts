import { NacreError } from "@nacre/errors";
import type { Fraction, VideoFacts } from "@nacre/signal";

/** The first word of a YUV4MPEG2 file. */
export const signature = "YUV4MPEG2";
/** Bytes of a header line that are read before it is taken for something else. */
export const mostHeaderBytes = 4096;

/** Colour tags that are read, and what they mean. Without a tag a file is "420jpeg", as mjpegtools has it. */
const colourSpaces: Record<string, Pick<VideoFacts, "subsampling" | "siting">> = {
  "420": { subsampling: "4:2:0" },
  "420jpeg": { subsampling: "4:2:0", siting: "centre" },
  "420mpeg2": { subsampling: "4:2:0", siting: "left" },
  "420paldv": { subsampling: "4:2:0", siting: "dv" },
  "444": { subsampling: "4:4:4" },
};

const tagOfSiting = { centre: "420jpeg", left: "420mpeg2", dv: "420paldv" } as const;
/** What "A0:0" and "F0:0" say: nobody knows. */
const unknown = "0:0";

/**
 * What a header line says.
 *
 * line    from the signature on, without the newline
 * name    what error sentences call the source
 * throws  NacreError "media" for a size, rate or form that is not read, by name
 */
export function parseHeader(line: string, name: string): VideoFacts {
  const [, ...words] = line.split(" ").filter(Boolean);
  const tag = (letter: string) => words.find((word) => word.startsWith(letter))?.slice(1);
  const refuse = (found: string, expected: string, mend?: string) =>
    new NacreError("media", { found: `${name}: ${found}`, expected, ...(mend ? { mend } : {}) });
  const size = (letter: string, what: string) => {
    const text = tag(letter);
    if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw refuse(`${what} "${text ?? ""}" in the header`, "a whole number above 0");
  };
  const fraction = (letter: string, what: string): Fraction | undefined => {
    const text = tag(letter);
    if (text === undefined || text === unknown) return undefined;
    const [, numerator, denominator] = /^([1-9]\d{0,9}):([1-9]\d{0,9})$/.exec(text) ?? [];
    if (numerator && denominator) return { numerator: Number(numerator), denominator: Number(denominator) };
    throw refuse(`${what} "${text}" in the header`, "two whole numbers above 0, as in 30000:1001");
  };
  const colour = tag("C") ?? "420jpeg";
  const space = Object.hasOwn(colourSpaces, colour) ? colourSpaces[colour] : undefined;
  if (!space) {
    throw refuse(
      `colours of the form "${colour}"`,
      Object.keys(colourSpaces).join(", "),
      "bring the video to 8 bits and 4:2:0, with ffmpeg by -pix_fmt yuv420p",
    );
  }
  const interlacing = tag("I") ?? "?";
  if (interlacing !== "p" && interlacing !== "?") {
    throw refuse(`interlaced frames ("I${interlacing}")`, "progressive ones", "deinterlace the video first");
  }
  const rate = fraction("F", "a frame rate");
  const aspect = fraction("A", "a pixel aspect");
  const range = rangeOf(words);
  return {
    ...{ width: size("W", "a width"), height: size("H", "a height"), ...space },
    ...(rate && { rate }),
    ...(range && { range }),
    ...(aspect && { aspect }),
  };
}

function rangeOf(words: readonly string[]): VideoFacts["range"] {
  if (words.includes("XCOLORRANGE=FULL")) return "full";
  return words.includes("XCOLORRANGE=LIMITED") ? "limited" : undefined;
}

/** The header line of a video, newline included. */
export function headerLine(facts: VideoFacts): string {
  const { width, height, rate, subsampling, siting, range, aspect } = facts;
  const ratio = (value: Fraction | undefined) =>
    value ? `${value.numerator}:${value.denominator}` : unknown;
  const colour = subsampling === "4:4:4" ? "444" : siting ? tagOfSiting[siting] : "420";
  const words = [
    signature,
    `W${width}`,
    `H${height}`,
    `F${ratio(rate)}`,
    "Ip",
    `A${ratio(aspect)}`,
    `C${colour}`,
  ];
  if (range) words.push(`XCOLORRANGE=${range === "full" ? "FULL" : "LIMITED"}`);
  return `${words.join(" ")}\n`;
}
