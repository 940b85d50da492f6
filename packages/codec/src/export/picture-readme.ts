import { type PictureModel, sideReach } from "../picture/picture-model.js";
import type { ExportedGraph } from "./exported-graph.js";

/** config.json beside the graphs of a picture model. Sizes are in pixels unless they say otherwise. */
export type PictureExportConfig = {
  model: string;
  licence: string;
  medium: "image";
  /** Pixels along a side of a position of the latent, and positions along a side of a cell. */
  patch: number;
  cell: number;
  /** Width of the latent. */
  dimension: number;
  layers: number;
  /** Codes are 0 .. alphabet - 1, `alphabet` is the code of a layer that is left out, `reach` stands for zero. */
  alphabet: number;
  reach: number;
  sideChannels: number;
  sideReach: number;
  /** A tile of a .nacre file, and what the networks see round it. */
  tile: number;
  encoderMargin: number;
  decoderMargin: number;
  decodeHash: string;
};

/** What programs need to know of a picture model's graphs. */
export function pictureExportConfig(model: PictureModel): PictureExportConfig {
  const { config, quantizer, context, patch, cell } = model;
  return {
    model: model.id,
    licence: config.licence,
    medium: "image",
    patch,
    cell,
    dimension: quantizer.dimension,
    layers: quantizer.layers,
    alphabet: 2 * context.reach + 1,
    reach: context.reach,
    sideChannels: context.sideChannels,
    sideReach,
    tile: config.tile.size * patch,
    encoderMargin: config.tile.encoderMargin * patch,
    decoderMargin: config.tile.decoderMargin * patch,
    decodeHash: config.decodeHash,
  };
}

/** How the four graphs of a picture model are put together, for card and program. */
export function pictureGuide(
  { patch, cell, tile, encoderMargin, decoderMargin, alphabet }: PictureExportConfig,
  graphs: readonly ExportedGraph[],
): string {
  const fixed = graphs.find(({ fixed }) => fixed);
  return [
    "## Windows, margins and lengths",
    "",
    ...(fixed ? ["These graphs could not be left open: each takes exactly the sizes of its table.", ""] : []),
    `- A window has whole cells of ${cell * patch} pixels: repeat the picture's last row and column up to there, and cut the decoded picture to its size.`,
    `- A .nacre file has tiles of ${tile} pixels, each coded with ${encoderMargin} pixels of its neighbours round it and decoded with ${decoderMargin}; at the picture's edge such a window is moved inside. A picture that is no larger than a window is coded whole, and then these graphs give the codec's codes. A larger one may be given whole too, at the price of memory: its codes differ from the file's at most near the edges of tiles.`,
    `- Layers are in order: any first k of them decode. For the others give the code ${alphabet}, which adds nothing, and name k as \`layers\`.`,
    "- `nacre-image encode --layers` writes these codes; `--quality`, `--bpp` and `--psnr` choose others by rate and distortion, which the same decoder takes.",
    "",
    "## In Python",
    "",
    "Run in this folder; needs numpy and onnxruntime.",
    "",
    "```python",
    pictureProgram.trim(),
    "```",
  ].join("\n");
}

const pictureProgram = `
import json
import numpy as np
import onnxruntime

config = json.load(open("config.json"))
names = ["encoder", "quantizer", "dequantizer", "decoder"]
graphs = {name: onnxruntime.InferenceSession(f"{name}.onnx") for name in names}


def encode(pixels):
    """uint8 [height, width, 3] to codes [1, layers, rows, columns, channels] and side [1, cells, cells, channels]."""
    unit = config["patch"] * config["cell"]
    height, width, _ = pixels.shape
    filled = np.pad(pixels, ((0, -height % unit), (0, -width % unit), (0, 0)), mode="edge")
    picture = (filled.astype(np.float32) / 255 - 0.5).transpose(2, 0, 1)[None]
    latent, side = graphs["encoder"].run(["latent", "side"], {"picture": np.ascontiguousarray(picture)})
    return graphs["quantizer"].run(None, {"latent": latent})[0], side


def decode(codes, side, height, width, layers=config["layers"]):
    """The way back, to uint8 [height, width, 3]."""
    used = codes.copy()
    used[:, layers:] = config["alphabet"]
    (latent,) = graphs["dequantizer"].run(None, {"codes": used})
    feeds = {"latent": latent, "side": side, "layers": np.array([layers], np.int64)}
    (picture,) = graphs["decoder"].run(None, feeds)
    return np.clip(np.floor((picture[0, :, :height, :width] + 0.5) * 255 + 0.5), 0, 255).astype(np.uint8).transpose(1, 2, 0)
`;
