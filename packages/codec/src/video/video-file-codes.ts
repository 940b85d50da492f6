import { type Chunk, readStream } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { LayerCodes } from "../layer-codes.js";
import { codesOfTiles } from "../picture/picture-layers.js";
import type { PictureModel } from "../picture/picture-model.js";
import { contentLayers } from "./frame-codec.js";
import { videoHeader } from "./video-header.js";

/**
 * The codes in a video's file, [layer][frame], of the frames that have codes of their own; no network is run. Layers that a
 * frame leaves out have the codes of nothing.
 *
 * throws NacreError "bitstream" or "version" for a file that cannot be read, "model" for one that another model made
 */
export function videoFileCodes(model: PictureModel, file: Uint8Array): LayerCodes[][] {
  const { header: read, chunks } = readStream(file);
  const header = videoHeader(read);
  if (header.model !== model.id)
    throw new NacreError("model", { found: `a file made with ${header.model}`, expected: model.id });
  const count = contentLayers(header.layers);
  const frames = chunks
    .filter(({ mark }) => mark?.kind === "intra")
    .map((chunk) => codesOfTiles(model, header, tilesOf(chunk), count));
  return header.layers.map((_, layer) => frames.map((codes) => codes[layer]!));
}

/** Sections [layer][tile] as [tile][layer], without those that a tile leaves empty. */
function tilesOf({ sections }: Chunk): Uint8Array[][] {
  return sections[0]!.map((_, tile) => {
    const own = sections.map((layer) => layer[tile]!);
    const empty = own.findIndex(({ length }) => length === 0);
    return empty < 0 ? own : own.slice(0, empty);
  });
}
