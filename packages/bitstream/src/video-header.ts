import { type Cursor, readByte, readVarint, refuse, writeVarint } from "./cursor.js";
import { type FieldRange, rangeFault } from "./field-range.js";
import { type LayerInfo, layersFault, readLayers, writeLayers } from "./layer-runs.js";
import { type ModelName, modelNameFault, readModelName, writeModelName } from "./model-name.js";
import { tileCount } from "./picture-header.js";
import {
  MOST_LENGTH,
  readSoundFields,
  type SoundFields,
  soundRanges,
  writeSoundFields,
} from "./sound-fields.js";

/** A fraction of whole numbers, 1 .. 2^32-1. */
type Ratio = { numerator: number; denominator: number };

/** The sound that goes with a video: what the header of a sound's own file says. */
export type SoundTrack = ModelName & SoundFields & { layers: LayerInfo[] };

/**
 * What stands at the beginning of a video. Its chunks are frames, runs of repeated frames, and pieces of its sound.
 *
 * version, model, decodeHash, layers   as in every header; strides are in positions of the model's latent
 * width, height   pixels, 1 .. 2^24
 * rate            frames per second; undefined where nobody knows, or where frames have times of their own
 * clock           ticks per second, 1 .. 2^32-1, of the frames' own times; undefined when they follow from the rate
 * subsampling, siting, matrix, range, aspect   of the video given and given back; codes are of red, green and blue
 * tile            pixels along a side of a tile, 1 .. 65536; 2^14 tiles of a frame at most
 * length          frames as announced, undefined when writing began before it was known
 * sound           its soundtrack, where it has one
 */
export type VideoHeader = ModelName & {
  version: number;
  media: "video";
  width: number;
  height: number;
  rate: Ratio | undefined;
  clock: number | undefined;
  subsampling: "4:2:0" | "4:4:4";
  siting: "centre" | "left" | "dv" | undefined;
  matrix: "bt601" | "bt709";
  range: "limited" | "full";
  aspect: Ratio | undefined;
  tile: number;
  length: number | undefined;
  sound: SoundTrack | undefined;
  layers: LayerInfo[];
};

type Fields = Omit<VideoHeader, "version" | "media" | "model" | "decodeHash" | "layers">;

const subsamplings = ["4:2:0", "4:4:4"] as const;
const sitings = [undefined, "centre", "left", "dv"] as const;
const matrices = ["bt601", "bt709"] as const;
const ranges = ["limited", "full"] as const;
/** Parts of the word of what is there. */
const RATE = 1;
const CLOCK = 2;
const ASPECT = 4;
const SOUND = 8;
const SOUND_LENGTH = 16;
const MOST_PIXELS_ALONG = 2 ** 24;
const MOST_TILE = 2 ** 16;
const MOST_TILES = 2 ** 14;
const MOST_RATIO = 2 ** 32 - 1;

/** Tiles of a frame. */
export function frameTiles(header: Pick<VideoHeader, "width" | "height" | "tile">): number {
  return tileCount(header);
}

/** Appends what a video's header has of its own. */
export function writeVideoFields(bytes: number[], header: VideoHeader): void {
  const { rate, clock, aspect, sound, length } = header;
  const soundWord = sound ? SOUND | (sound.length === undefined ? 0 : SOUND_LENGTH) : 0;
  const there = (rate ? RATE : 0) | (clock === undefined ? 0 : CLOCK) | (aspect ? ASPECT : 0) | soundWord;
  const colour =
    subsamplings.indexOf(header.subsampling) +
    2 * sitings.indexOf(header.siting) +
    8 * matrices.indexOf(header.matrix) +
    16 * ranges.indexOf(header.range);
  writeVarint(bytes, header.width);
  writeVarint(bytes, header.height);
  bytes.push(colour, there);
  for (const ratio of [rate, aspect]) {
    if (!ratio) continue;
    writeVarint(bytes, ratio.numerator);
    writeVarint(bytes, ratio.denominator);
  }
  if (clock !== undefined) writeVarint(bytes, clock);
  writeVarint(bytes, header.tile);
  if (length !== undefined) writeVarint(bytes, length);
  if (!sound) return;
  writeModelName(bytes, sound);
  writeSoundFields(bytes, sound);
  writeLayers(bytes, sound.layers);
}

/** Reads it. */
export function readVideoFields(cursor: Cursor, lengthKnown: boolean): Fields {
  const [width, height] = [readVarint(cursor), readVarint(cursor)];
  const [colour, there] = [readByte(cursor), readByte(cursor)];
  const loose = (there & (SOUND | SOUND_LENGTH)) === SOUND_LENGTH;
  if (colour > 31 || there > 31 || loose) refuse(cursor);
  const ratio = () => ({ numerator: readVarint(cursor), denominator: readVarint(cursor) });
  return {
    ...{ width, height },
    rate: there & RATE ? ratio() : undefined,
    aspect: there & ASPECT ? ratio() : undefined,
    clock: there & CLOCK ? readVarint(cursor) : undefined,
    subsampling: subsamplings[colour & 1]!,
    siting: sitings[(colour >> 1) & 3],
    matrix: matrices[(colour >> 3) & 1]!,
    range: ranges[(colour >> 4) & 1]!,
    tile: readVarint(cursor),
    length: lengthKnown ? readVarint(cursor) : undefined,
    sound: there & SOUND ? readTrack(cursor, (there & SOUND_LENGTH) !== 0) : undefined,
  };
}

function readTrack(cursor: Cursor, lengthKnown: boolean): SoundTrack {
  const named = readModelName(cursor);
  return { ...named, ...readSoundFields(cursor, lengthKnown), layers: readLayers(cursor) };
}

/** The first thing wrong with a video's own fields, in words. */
export function videoFault(header: VideoHeader): string | undefined {
  const ratios = Object.entries({ rate: header.rate, aspect: header.aspect }).flatMap(([name, ratio]) =>
    ratio ? Object.values(ratio).map((value): FieldRange => [`${name}`, value, 1, MOST_RATIO]) : [],
  );
  const fault = rangeFault([
    ["width", header.width, 1, MOST_PIXELS_ALONG],
    ["height", header.height, 1, MOST_PIXELS_ALONG],
    ["tile size", header.tile, 1, MOST_TILE],
    ["clock", header.clock ?? 1, 1, MOST_RATIO],
    ["length", header.length ?? 0, 0, MOST_LENGTH],
    ...ratios,
  ]);
  if (fault) return fault;
  const tiles = frameTiles(header);
  if (tiles > MOST_TILES) return `${tiles} tiles of a frame, expected at most ${MOST_TILES}`;
  return colourFault(header) ?? soundFault(header.sound);
}

function colourFault({ subsampling, siting, matrix, range }: VideoHeader): string | undefined {
  const known =
    subsamplings.includes(subsampling) &&
    sitings.includes(siting) &&
    matrices.includes(matrix) &&
    ranges.includes(range);
  return known ? undefined : `colours ${subsampling} ${siting} ${matrix} ${range}`;
}

function soundFault(sound: SoundTrack | undefined): string | undefined {
  const fault =
    sound && (modelNameFault(sound) ?? layersFault(sound.layers) ?? rangeFault(soundRanges(sound)));
  return fault && `a soundtrack with ${fault}`;
}
