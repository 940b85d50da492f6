import { NacreError } from "@nacre/errors";
import type { Picture, VideoFacts, VideoFrame } from "@nacre/signal";
import { planeSizes } from "./planes.js";

/** What has to be known, or decided by the user, before colours mean anything. */
export type ColourRules = {
  matrix: NonNullable<VideoFacts["matrix"]>;
  range: NonNullable<VideoFacts["range"]>;
};

/** Shares of red and blue in luma (ITU-R BT.601-7, section 2.5.1; BT.709-6, item 3.2). */
const shares = { bt601: { red: 0.299, blue: 0.114 }, bt709: { red: 0.2126, blue: 0.0722 } };
/** Offset and size of luma and of colour differences in codes of 8 bits (BT.601-7, table 3; full: JFIF 1.02). */
const codes = {
  limited: { black: 16, luma: 219, colour: 224 },
  full: { black: 0, luma: 255, colour: 255 },
};
const middle = 128;

/**
 * A frame as a picture, 8-bit RGB.
 *
 * 4:2:0 colours are interpolated linearly from where `siting` puts them, "left" where nobody says, as H.264 has it.
 *
 * throws NacreError "shape" for planes that are not those of the video
 */
export function frameToPicture(facts: VideoFacts, { planes }: VideoFrame, rules: ColourRules): Picture {
  const { width, height } = facts;
  checkPlanes(facts, planes);
  const [luma, blue, red] = planes;
  const [b, r] = facts.subsampling === "4:2:0" ? [spread(blue, facts), spread(red, facts)] : [blue, red];
  const { black, luma: lumaSize, colour } = codes[rules.range];
  const share = shares[rules.matrix];
  const green = 1 - share.red - share.blue;
  const made = [0, 1, 2].map(() => new Uint8Array(width * height));
  for (let at = 0; at < luma.length; at++) {
    const y = (luma[at]! - black) / lumaSize;
    const toRed = ((r[at]! - middle) / colour) * 2 * (1 - share.red);
    const toBlue = ((b[at]! - middle) / colour) * 2 * (1 - share.blue);
    made[0]![at] = byte(y + toRed);
    made[1]![at] = byte(y - (share.red * toRed + share.blue * toBlue) / green);
    made[2]![at] = byte(y + toBlue);
  }
  return { width, height, bitDepth: 8, colour: "rgb", planes: made };
}

/**
 * The inverse: a picture of 8-bit RGB as a frame; 4:2:0 colours are means around where `siting` puts them.
 *
 * throws NacreError "shape" for a picture of another size, or that is not 8-bit RGB
 */
export function pictureToFrame(facts: VideoFacts, picture: Picture, rules: ColourRules): VideoFrame {
  const { width, height } = facts;
  const { bitDepth, colour: kind, planes } = picture;
  if (picture.width !== width || picture.height !== height || bitDepth !== 8 || kind !== "rgb") {
    throw new NacreError("shape", {
      found: `a picture of ${picture.width} x ${picture.height}, ${bitDepth}-bit ${kind}`,
      expected: `${width} x ${height}, 8-bit rgb`,
    });
  }
  const { black, luma: lumaSize, colour } = codes[rules.range];
  const share = shares[rules.matrix];
  const count = width * height;
  const luma = new Uint8Array(count);
  const differences = [new Float32Array(count), new Float32Array(count)] as const;
  for (let at = 0; at < count; at++) {
    const [red, green, blue] = [planes[0]![at]!, planes[1]![at]!, planes[2]![at]!];
    const y = share.red * red + (1 - share.red - share.blue) * green + share.blue * blue;
    luma[at] = rounded(black + (y * lumaSize) / 255);
    differences[0][at] = middle + (((blue - y) / 255) * colour) / (2 * (1 - share.blue));
    differences[1][at] = middle + (((red - y) / 255) * colour) / (2 * (1 - share.red));
  }
  const coarse = (plane: Float32Array) =>
    Uint8Array.from(facts.subsampling === "4:2:0" ? gather(plane, facts) : plane, rounded);
  return { planes: [luma, coarse(differences[0]), coarse(differences[1])] };
}

function checkPlanes(facts: VideoFacts, planes: VideoFrame["planes"]): void {
  const { luma, colour } = planeSizes(facts);
  const expected = [luma, colour, colour].map(([width, height]) => width * height);
  if (planes.every((plane, i) => plane.length === expected[i])) return;
  throw new NacreError("shape", {
    found: `planes of ${planes.map((plane) => plane.length).join(", ")} samples`,
    expected: expected.join(", "),
  });
}

/** How far right and below its first pixel of luma a colour sample lies, in pixels of luma. */
function offsets({ siting = "left" }: VideoFacts): { across: number; down: number } {
  return { across: siting === "centre" ? 0.5 : 0, down: siting === "dv" ? 0 : 0.5 };
}

/** Colours of half size to full size, linearly; beyond the border its last samples go on. */
function spread(plane: Uint8Array, facts: VideoFacts): Float32Array {
  const { width, height } = facts;
  const [columns, rows] = planeSizes(facts).colour;
  const { across, down } = offsets(facts);
  const xs = neighbours(width, columns, across);
  const ys = neighbours(height, rows, down);
  const out = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const { low: top, high: bottom, share: v } = ys[y]!;
    for (let x = 0; x < width; x++, at++) {
      const { low, high, share } = xs[x]!;
      const upper = plane[top * columns + low]! * (1 - share) + plane[top * columns + high]! * share;
      const lower = plane[bottom * columns + low]! * (1 - share) + plane[bottom * columns + high]! * share;
      out[at] = upper * (1 - v) + lower * v;
    }
  }
  return out;
}

/** For each position the two samples it lies between, and how far towards the second. */
function neighbours(size: number, samples: number, offset: number) {
  return Array.from({ length: size }, (_, at) => {
    const place = Math.min(samples - 1, Math.max(0, (at - offset) / 2));
    const low = Math.floor(place);
    return { low, high: Math.min(samples - 1, low + 1), share: place - low };
  });
}

/** Colours of full size to half size: weights (1, 1) where a sample lies between two pixels, (1, 2, 1) / 4 where on one. */
function gather(plane: Float32Array, facts: VideoFacts): Float32Array {
  const { width, height } = facts;
  const [columns, rows] = planeSizes(facts).colour;
  const { across, down } = offsets(facts);
  const taps = (offset: number) =>
    offset === 0.5
      ? [
          [0, 0.5],
          [1, 0.5],
        ]
      : [
          [-1, 0.25],
          [0, 0.5],
          [1, 0.25],
        ];
  const narrow = new Float32Array(columns * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      for (const [step, weight] of taps(across)) {
        const from = Math.min(width - 1, Math.max(0, 2 * x + step!));
        narrow[y * columns + x]! += weight! * plane[y * width + from]!;
      }
    }
  }
  const out = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (const [step, weight] of taps(down)) {
      const from = Math.min(height - 1, Math.max(0, 2 * y + step!));
      for (let x = 0; x < columns; x++) out[y * columns + x]! += weight! * narrow[from * columns + x]!;
    }
  }
  return out;
}

function byte(share: number): number {
  return rounded(255 * share);
}

function rounded(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
