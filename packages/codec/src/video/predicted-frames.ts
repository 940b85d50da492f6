import { NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import type { WindowSize } from "../picture/picture-engine.js";
import { sideReach } from "../picture/picture-model.js";
import { type CodeChoice, choiceOf } from "../picture/picture-quality.js";
import { networkInput, tilePlanes } from "../picture/pixels.js";
import { codedTile } from "../picture/rate-distortion.js";
import { decodeTile, type TileCodes } from "../picture/tile-symbols.js";
import { createFilmEngine, type FilmEngine } from "./film-engine.js";
import type { FilmModel } from "./film-model.js";
import { decodeMotion, encodeMotion } from "./motion/code-motion.js";
import type { FramePlanes, MotionField } from "./motion/motion-field.js";
import { type MotionSearchOptions, searchMotion } from "./motion/search.js";
import { warpFrame } from "./motion/warp.js";
import { joinedMotion, partedMotion } from "./motion-section.js";

/**
 * What is remembered of a frame for the one after it.
 *
 * picture  decoded from the layers that feed the memory
 * codes    content layers of the frame, as many as it has; none of a key frame
 * field    its motion, for the encoder's search; none of a key frame
 */
export type FrameMemory = { picture: FramePlanes; codes: readonly Int32Array[]; field?: MotionField };

/**
 * How a predicted frame is coded.
 *
 * choice   layers, or a quality of 0 .. 100, as for pictures
 * feeding  content layers 1 .. this that the memory is decoded from; all of the frame by default. Every prefix that
 *          has them decodes without drift, and it is the same for all frames of a group
 * motion   of the search
 */
export type PredictedFrameOptions = {
  choice: { layers: number } | { quality: number };
  feeding?: number;
  motion?: Omit<MotionSearchOptions, "before">;
};

/** Codes frames that are predicted from the one before, whole frames at once. */
export type PredictedFrames = {
  readonly model: FilmModel;
  /**
   * sections  the side section, motion first, then one for each content layer
   * picture   as decoding all sections gives it
   * throws    NacreError "shape" when the memory is of another size, "option" for a choice out of range
   */
  code(
    picture: FramePlanes,
    memory: FrameMemory,
    options: PredictedFrameOptions,
  ): Promise<{ sections: Uint8Array[]; picture: FramePlanes; memory: FrameMemory }>;
  /**
   * The frame of its sections, as many as there are.
   * throws NacreError "bitstream" for bytes that are no codes of such a frame
   */
  decode(
    sections: readonly Uint8Array[],
    memory: FrameMemory,
    options?: { feeding?: number },
  ): Promise<{ picture: FramePlanes; memory: FrameMemory }>;
  close(): Promise<void>;
};

/** What a key frame leaves behind. */
export function keyMemory(picture: FramePlanes): FrameMemory {
  return { picture, codes: [] };
}

/** Opens a model of predicted frames. */
export function openPredictedFrames(model: FilmModel, runtime: Runtime, threads?: number): PredictedFrames {
  const engine = createFilmEngine(model, runtime, threads);
  return {
    model,
    code: (picture, memory, options) => codeFrame(model, engine, picture, memory, options),
    async decode(sections, memory, { feeding } = {}) {
      const { field, codes } = readFrame(model, sections, memory);
      return received(model, engine, codes, field, memory, feeding);
    },
    close: () => engine.close(),
  };
}

async function codeFrame(
  model: FilmModel,
  engine: FilmEngine,
  picture: FramePlanes,
  memory: FrameMemory,
  { choice, feeding, motion = {} }: PredictedFrameOptions,
): Promise<{ sections: Uint8Array[]; picture: FramePlanes; memory: FrameMemory }> {
  checkSize(picture, memory);
  const before = memory.field && { before: memory.field };
  const field = searchMotion(picture, memory.picture, { ...motion, ...before });
  const size = windowOf(model, picture);
  const prediction = networkFrame(warpFrame(memory.picture, field), model, size);
  const found = await engine.analyze(networkFrame(picture, model, size), prediction, size);
  const analyzed = { at: size, codes: analyzedCodes(model, found, memory), latent: found.latent };
  const chosen: CodeChoice = "layers" in choice ? choice : choiceOf(choice.quality, model.quantizer.layers);
  const { codes, sections } = codedTile(model, analyzed, chosen);
  const [side, ...content] = sections as [Uint8Array, ...Uint8Array[]];
  const made = await received(model, engine, codes, field, memory, feeding);
  return { sections: [joinedMotion(encodeMotion(field), side), ...content], ...made };
}

/** Codes [positions, L * C] and side codes as a tile's, with the codes of the frame before. */
function analyzedCodes(
  { quantizer }: FilmModel,
  { codes, side }: { codes: Int32Array; side: Int32Array },
  memory: FrameMemory,
): TileCodes {
  const { layers, dimension } = quantizer;
  const positions = codes.length / (layers * dimension);
  const split = Array.from({ length: layers }, (_, layer) => {
    const own = new Int32Array(positions * dimension);
    for (let at = 0; at < positions; at++) {
      const from = (at * layers + layer) * dimension;
      own.set(codes.subarray(from, from + dimension), at * dimension);
    }
    return own;
  });
  return { side, layers: split, before: memory.codes };
}

function readFrame(
  model: FilmModel,
  [first, ...content]: readonly Uint8Array[],
  memory: FrameMemory,
): { field: MotionField; codes: TileCodes } {
  const { motion, side } = partedMotion(first ?? new Uint8Array(0));
  const field = decodeMotion(motion, memory.picture);
  const size = windowOf(model, memory.picture);
  return { field, codes: decodeTile(model, size, [side, ...content], { before: memory.codes }) };
}

/** What a receiver has of a frame's codes: the picture of all layers, and the memory of those that feed it. */
async function received(
  model: FilmModel,
  engine: FilmEngine,
  codes: TileCodes,
  field: MotionField,
  memory: FrameMemory,
  feeding = codes.layers.length,
): Promise<{ picture: FramePlanes; memory: FrameMemory }> {
  const size = windowOf(model, memory.picture);
  const prediction = networkFrame(warpFrame(memory.picture, field), model, size);
  const pictureOf = (layers: readonly Int32Array[]) =>
    synthesized(model, engine, { side: codes.side, layers: [...layers] }, prediction, memory.picture);
  const picture = await pictureOf(codes.layers);
  const whole = feeding >= codes.layers.length;
  const remembered = whole ? picture : await pictureOf(codes.layers.slice(0, feeding));
  return { picture, memory: { picture: remembered, codes: codes.layers, field } };
}

async function synthesized(
  model: FilmModel,
  engine: FilmEngine,
  { side, layers }: TileCodes,
  prediction: Float32Array,
  { width, height }: FramePlanes,
): Promise<FramePlanes> {
  const { quantizer, patch } = model;
  const size = windowOf(model, { width, height });
  const latent =
    layers.length > 0
      ? quantizer.dequantize(layers)
      : new Float32Array(size.rows * size.columns * quantizer.dimension);
  const values = await engine.synthesize({
    latent,
    side: Float32Array.from(side, (code) => code - sideReach),
    // No frame without layers was trained on.
    depth: Math.max(1, layers.length),
    prediction,
    size,
  });
  const window = { rows: size.rows * patch, columns: size.columns * patch };
  const part = { row: 0, column: 0, rows: height, columns: width };
  const planes = tilePlanes(values, window, part, { bitDepth: 8, colour: "rgb" }) as Uint8Array[];
  return { width, height, planes };
}

/** Positions of a frame, in whole cells. */
function windowOf(
  { patch, cell }: Pick<FilmModel, "patch" | "cell">,
  { width, height }: Pick<FramePlanes, "width" | "height">,
): WindowSize {
  const whole = (pixels: number) => Math.ceil(pixels / (patch * cell)) * cell;
  return { rows: whole(height), columns: whole(width) };
}

function networkFrame(
  { width, height, planes }: FramePlanes,
  { patch }: Pick<FilmModel, "patch">,
  { rows, columns }: WindowSize,
): Float32Array {
  const tile = { left: 0, top: 0, width, height, planes: [...planes] };
  return networkInput(tile, 8, { rows: rows * patch, columns: columns * patch });
}

function checkSize(picture: FramePlanes, { picture: before }: FrameMemory): void {
  if (picture.width === before.width && picture.height === before.height) return;
  throw new NacreError("shape", {
    found: `a frame of ${picture.width} x ${picture.height} pixels after one of ${before.width} x ${before.height}`,
    expected: "frames of one size",
    mend: "begin a new video where the size changes",
  });
}
