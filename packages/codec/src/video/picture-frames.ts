import { assert } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import type { Picture } from "@nacre/signal";
import { pictureTile } from "../picture/decode-picture.js";
import { analyzedTiles } from "../picture/encode-picture.js";
import { createPictureEngine, type PictureEngine } from "../picture/picture-engine.js";
import { layerInfos, tilePixels } from "../picture/picture-header.js";
import type { PictureModel } from "../picture/picture-model.js";
import { askedFor, type CodeChoice, type PictureTarget, qualityOf } from "../picture/picture-quality.js";
import { type HeldTile, heldTiles, nearestTrial, psnrOf } from "../picture/picture-target.js";
import { codedTile } from "../picture/rate-distortion.js";
import { asTiled } from "../picture/readable-picture.js";
import { latentTile, synthesizeTiles } from "../picture/synthesize-tiles.js";
import { tileAt, tileGridOf } from "../picture/tile-grid.js";
import { decodeTile, type TileCodes } from "../picture/tile-symbols.js";
import type { CodedFrame, FrameChoice, FrameCodec } from "./frame-codec.js";

/**
 * Frames coded as pictures are, each on its own.
 *
 * threads  of the runtime, for one window at a time; its choice by default
 */
export function pictureFrames(model: PictureModel, runtime: Runtime, threads?: number): FrameCodec {
  const engine = createPictureEngine(model, runtime, threads);
  return {
    id: model.id,
    decodeHash: model.decodeHash,
    layers: layerInfos(model, { alpha: false, bitDepth: 8 }),
    tile: tilePixels(model),
    layersOf(choice) {
      const { layers } = model.quantizer;
      return "bytes" in choice || "psnr" in choice ? layers : codesAskedFor(choice, layers).layers;
    },
    codeIntra: (picture, choice) => codeIntra(model, engine, picture, choice),
    decodeIntra: (sections, size, options) => decodeIntra(model, engine, sections, size, options),
    close: () => engine.close(),
  };
}

async function codeIntra(
  model: PictureModel,
  engine: PictureEngine,
  picture: Picture,
  choice: FrameChoice,
): Promise<CodedFrame> {
  if ("bytes" in choice || "psnr" in choice) return codeToTarget(model, engine, picture, choice);
  const found = codesAskedFor(choice, model.quantizer.layers);
  const tiles: Uint8Array[][] = [];
  for await (const tile of analyzedTiles(model, engine, picture))
    tiles.push(codedTile(model, tile, found).sections);
  return { sections: byLayer(model, tiles) };
}

function codesAskedFor(choice: { layers: number } | { quality: number }, available: number): CodeChoice {
  const found = askedFor(choice, available);
  assert("layers" in found, "layers and quality are no targets");
  return found;
}

/** Networks analyze the frame once, then choices are tried: with bytes counted, with psnr decoded. */
async function codeToTarget(
  model: PictureModel,
  engine: PictureEngine,
  picture: Picture,
  choice: { bytes: number } | { psnr: number },
): Promise<CodedFrame> {
  const tiled = asTiled(picture);
  const tiles: HeldTile[] = [];
  for await (const tile of heldTiles(model, engine, tiled, "psnr" in choice)) tiles.push(tile);
  const pixels = picture.width * picture.height;
  const target: PictureTarget =
    "psnr" in choice
      ? { unit: "psnr", value: choice.psnr }
      : { unit: "bpp", value: (8 * choice.bytes) / pixels };
  const trial = async (tried: CodeChoice) => {
    const coded = tiles.map((tile) => codedTile(model, tile, tried));
    const codes: TileCodes[] = coded.map((each) => each.codes);
    const bytes = coded.flatMap(({ sections }) => sections).reduce((sum, { length }) => sum + length, 0);
    const value =
      target.unit === "bpp" ? (8 * bytes) / pixels : await psnrOf(model, engine, tiled, tiles, codes);
    return { choice: tried, value, sections: coded.map(({ sections }) => sections) };
  };
  const { found } = await nearestTrial(trial, target, model.quantizer.layers);
  return {
    sections: byLayer(model, found.sections),
    quality: qualityOf(found.choice, model.quantizer.layers),
  };
}

/** Sections [tile][layer] as [layer][tile], empty where a tile has fewer layers than the model. */
function byLayer({ quantizer }: PictureModel, tiles: readonly Uint8Array[][]): Uint8Array[][] {
  const none = new Uint8Array(0);
  return Array.from({ length: quantizer.layers + 1 }, (_, layer) => tiles.map((own) => own[layer] ?? none));
}

async function decodeIntra(
  model: PictureModel,
  engine: PictureEngine,
  sections: readonly (readonly Uint8Array[])[],
  { width, height }: { width: number; height: number },
  { recover }: { recover: boolean },
): Promise<Picture> {
  const form = { width, height, bitDepth: 8, colour: "rgb" } as const;
  const grid = tileGridOf(model, form);
  async function* latents() {
    for (let number = 0; number < grid.down * grid.across; number++) {
      const at = tileAt(grid, number);
      const own = sections.map((layer) => layer[number]!);
      const empty = own.findIndex(({ length }) => length === 0);
      yield latentTile(model, at, decodeTile(model, at, empty < 0 ? own : own.slice(0, empty), { recover }));
    }
  }
  const planes = [0, 1, 2].map(() => new Uint8Array(width * height));
  for await (const made of synthesizeTiles(model, engine, grid, latents())) {
    const tile = pictureTile(model, form, made);
    const [left, top] = [made.at.column * model.patch, made.at.row * model.patch];
    for (const [colour, plane] of tile.planes.entries()) {
      for (let row = 0; row < tile.height; row++) {
        const line = plane.subarray(row * tile.width, (row + 1) * tile.width);
        planes[colour]!.set(line, (top + row) * width + left);
      }
    }
  }
  return { ...form, planes };
}
