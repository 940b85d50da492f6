import { createStreamWriter } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { PicturePlane, TileCoder, TiledPicture } from "@nacre/signal";
import { pictureTile } from "./decode-picture.js";
import { analyzedTiles, encodedAlpha, tileChunk } from "./encode-picture.js";
import { type CodedTile, guardTiles } from "./guard.js";
import type { EncodePictureOptions } from "./picture-codec.js";
import type { PictureEngine } from "./picture-engine.js";
import { pictureHeaderOf } from "./picture-header.js";
import type { PictureModel } from "./picture-model.js";
import { type CodeChoice, type PictureTarget, partialChoice } from "./picture-quality.js";
import { codedTile } from "./rate-distortion.js";
import { type LatentTile, latentTile, synthesizeTiles } from "./synthesize-tiles.js";
import { type Rectangle, tileGridOf } from "./tile-grid.js";
import type { TileCodes } from "./tile-symbols.js";

/**
 * What of a tile is held between trials: its latent, 4 C bytes for a position (4 for a pixel with 256 channels), its
 * side codes, its alpha as coded, and for psnr or a guard its samples.
 */
export type HeldTile = {
  at: Rectangle;
  codes: TileCodes;
  latent: Float32Array;
  alpha?: Uint8Array;
  planes?: PicturePlane[];
};

/** A choice that was tried, and what was measured of it. */
type Tried = { choice: CodeChoice; value: number };

/** What a trial is that did not land: the nearest, or the end of what the model can do. */
export type Missed = "nearest" | "the most" | "the least";

/** A whole file that was tried. */
type Trial = Tried & { parts: Uint8Array[]; codes: TileCodes[] };

/** Trials of the share of a layer; halving it so often leaves nothing to choose between. */
const mostTrials = 10;

/**
 * The bytes of a file that lands on a target: networks analyze the picture once, then codes are chosen, coded and
 * counted (for psnr decoded) in trial after trial.
 *
 * throws NacreError "option" that names the nearest where none lands
 */
export async function* encodeToTarget(
  model: PictureModel,
  engine: PictureEngine,
  picture: TiledPicture,
  target: PictureTarget,
  { guard, onProgress }: EncodePictureOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const grid = tileGridOf(model, picture);
  const tiles: HeldTile[] = [];
  for await (const tile of heldTiles(model, engine, picture, guard !== undefined || target.unit === "psnr")) {
    tiles.push(tile);
    onProgress?.(tiles.length, grid.down * grid.across);
  }
  const pixels = picture.width * picture.height;
  const trial = async (choice: CodeChoice): Promise<Trial> => {
    const { parts, codes } = writtenFile(model, picture, tiles, choice);
    const bits = 8 * parts.reduce((sum, { length }) => sum + length, 0);
    const value = target.unit === "bpp" ? bits / pixels : await psnrOf(model, engine, picture, tiles, codes);
    return { choice, parts, codes, value };
  };
  const found = await searched<Trial>(trial, target, model.quantizer.layers);
  if (guard) yield* guardedFile(model, engine, picture, tiles, found, guard);
  else yield* found.parts;
}

/** The file of a trial, its tiles looked at by a guard. */
async function* guardedFile(
  model: PictureModel,
  engine: PictureEngine,
  picture: TiledPicture,
  tiles: readonly HeldTile[],
  { choice }: Trial,
  guard: TileCoder,
): AsyncGenerator<Uint8Array, void, undefined> {
  const header = pictureHeaderOf(model, picture, choice.layers);
  const writer = createStreamWriter(header);
  yield writer.start();
  async function* coded(): AsyncGenerator<CodedTile, void, undefined> {
    for (const tile of tiles) {
      const { codes, sections } = codedTile(model, tile, choice);
      yield { at: tile.at, codes, planes: () => tile.planes!, chunk: tileChunk(sections, tile.alpha) };
    }
  }
  for await (const { chunk } of guardTiles(model, engine, header, coded(), guard)) yield writer.chunk(chunk);
  yield writer.finish(tiles.length);
}

/** The tiles of a picture, to be held between trials. */
export async function* heldTiles(
  model: PictureModel,
  engine: PictureEngine,
  picture: TiledPicture,
  withPlanes: boolean,
): AsyncGenerator<HeldTile, void, undefined> {
  for await (const { at, codes, latent, planes, alpha } of analyzedTiles(model, engine, picture)) {
    yield {
      ...{ at, latent, codes: { side: codes.side, layers: [] } },
      ...(alpha && { alpha: encodedAlpha(model, picture, at, alpha) }),
      ...(withPlanes && { planes: planes() }),
    };
  }
}

function eightBits(plane: PicturePlane): Uint8Array {
  return plane instanceof Uint8Array ? plane : Uint8Array.from(plane, (value) => Math.round(value / 257));
}

function writtenFile(
  model: PictureModel,
  picture: TiledPicture,
  tiles: readonly HeldTile[],
  choice: CodeChoice,
): { parts: Uint8Array[]; codes: TileCodes[] } {
  const writer = createStreamWriter(pictureHeaderOf(model, picture, choice.layers));
  const parts = [writer.start()];
  const codes: TileCodes[] = [];
  for (const tile of tiles) {
    const coded = codedTile(model, tile, choice);
    parts.push(writer.chunk(tileChunk(coded.sections, tile.alpha)));
    codes.push(coded.codes);
  }
  parts.push(writer.finish(tiles.length));
  return { parts, codes };
}

/** dB of what the codes decode to, as 8 bits. */
export async function psnrOf(
  model: PictureModel,
  engine: PictureEngine,
  { width, height, colour }: TiledPicture,
  tiles: readonly HeldTile[],
  codes: readonly TileCodes[],
): Promise<number> {
  const form = { width, height, colour, bitDepth: 8 } as const;
  let sum = 0;
  let count = 0;
  for await (const made of synthesizeTiles(
    model,
    engine,
    tileGridOf(model, form),
    latents(model, tiles, codes),
  )) {
    const { planes } = pictureTile(model, form, made);
    for (const [colourAt, plane] of planes.entries()) {
      const own = eightBits(tiles[made.number]!.planes![colourAt]!);
      for (let at = 0; at < own.length; at++) sum += (own[at]! - plane[at]!) ** 2;
      count += own.length;
    }
  }
  return 10 * Math.log10((255 * 255 * count) / sum);
}

async function* latents(
  model: PictureModel,
  tiles: readonly HeldTile[],
  codes: readonly TileCodes[],
): AsyncGenerator<LatentTile, void, undefined> {
  for (const [number, { at }] of tiles.entries()) yield latentTile(model, at, codes[number]!);
}

/** From where to where a value is landed on; trials go for the middle. */
function landing({ unit, value }: PictureTarget): { low: number; high: number } {
  return unit === "bpp" ? { low: 0.98 * value, high: 1.02 * value } : { low: value, high: value + 0.1 };
}

/** The first trial that lands; throws NacreError "option" that names the nearest where none does. */
async function searched<T extends Tried>(
  trial: (choice: CodeChoice) => Promise<T>,
  target: PictureTarget,
  available: number,
): Promise<T> {
  const { found, missed } = await nearestTrial(trial, target, available);
  if (missed) throw unreachable(target, found, missed);
  return found;
}

/**
 * The first trial that lands, or the nearest: the fewest layers that go far enough, then their top one's share by
 * halving. `missed` says of one that did not land what it is.
 */
export async function nearestTrial<T extends Tried>(
  trial: (choice: CodeChoice) => Promise<T>,
  target: PictureTarget,
  available: number,
): Promise<{ found: T; missed?: Missed }> {
  const { low, high } = landing(target);
  const lands = ({ value }: Tried) => value >= low && value <= high;
  let below: T | undefined;
  let above: T | undefined;
  for (let layers = 1; layers <= available && !above; layers++) {
    const whole = await trial(partialChoice(layers, 1, available));
    if (lands(whole)) return { found: whole };
    if (whole.value > high) above = whole;
    else below = whole;
  }
  if (!above) return { found: below!, missed: "the most" };
  const { layers } = above.choice;
  let [from, to] = [0, 1];
  const first = await trial(partialChoice(layers, 0, available));
  if (lands(first)) return { found: first };
  if (first.value > high)
    return { found: nearest(target, first, below), missed: below ? "nearest" : "the least" };
  below = nearest(target, first, below);
  for (let tried = 0; tried < mostTrials; tried++) {
    const share = (from + to) / 2;
    const next = await trial(partialChoice(layers, share, available));
    if (lands(next)) return { found: next };
    if (next.value < low) [from, below] = [share, nearest(target, next, below)];
    else [to, above] = [share, next];
  }
  return { found: nearest(target, above, below), missed: "nearest" };
}

function nearest<T extends Tried>({ value }: PictureTarget, one: T, other: T | undefined): T {
  return other && Math.abs(other.value - value) < Math.abs(one.value - value) ? other : one;
}

const unitNames = { bpp: "bit per pixel", psnr: "dB" };

function unreachable({ unit, value }: PictureTarget, best: Tried, how: Missed): NacreError {
  const found = `${value} ${unitNames[unit]}`;
  const given = `${Number(best.value.toFixed(unit === "bpp" ? 4 : 2))} ${unitNames[unit]}`;
  return new NacreError("option", {
    found,
    expected: `what this model can do with this picture: ${how === "nearest" ? "the nearest" : how} is ${given}`,
    mend: "ask for that, or take another model",
  });
}
